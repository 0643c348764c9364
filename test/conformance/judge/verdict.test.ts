import { describe, expect, test } from 'vitest';
import { AllowanceJudge } from './allowances.ts';
import { verdictOf } from './verdict.ts';

const judge = () => new AllowanceJudge({ intended: [{ scenario: 'a', path: 'text', reason: 'R.', ours: 'meant' }], notToCopy: [] });
const expected = (more: object) => ({ about: 'A case.', ...more });

describe('verdictOf', () => {
  test('is identical when nothing differs', () => {
    expect(verdictOf('a', expected({ text: 'x' }), { text: 'x' }, judge())).toEqual({ id: 'a', outcome: 'identical', derived: false });
  });

  test('is intended when each difference is', () => {
    expect(verdictOf('a', expected({ text: 'x' }), { text: 'meant' }, judge())).toEqual({ id: 'a', outcome: 'intended', derived: false });
  });

  test('names each open difference, with what was promised where something was', () => {
    expect(verdictOf('a', expected({ status: 200, text: 'x' }), { status: 500, text: 'y' }, judge())).toEqual({
      id: 'a',
      outcome: 'differs',
      derived: false,
      about: 'A case.',
      differences: [
        { path: 'status', kind: 'differs', original: 200, ours: 500 },
        { path: 'text', kind: 'differs', original: 'x', ours: 'y', expected: 'meant' },
      ],
    });
  });

  test('leaves out what a derived expectation does not know', () => {
    const derived = expected({ derivedFrom: 'the contract', notKnown: ['list[1]*'], list: [1, { a: 2 }] });
    expect(verdictOf('b', derived, { list: [1, { a: 3 }] }, judge())).toEqual({ id: 'b', outcome: 'identical', derived: true });
    expect(verdictOf('b', derived, { list: [0, { a: 3 }] }, judge())).toMatchObject({ outcome: 'differs' });
  });

  test('says that nothing is known of a case', () => {
    expect(verdictOf('c', undefined, {}, judge())).toEqual({ id: 'c', outcome: 'unrecorded' });
  });
});
