import { describe, expect, test } from 'vitest';
import { AllowanceJudge, faultsOf, faultsOfReach } from './allowances.ts';
import type { IntendedEntry } from './clauses.ts';
import type { Difference } from './diff.ts';

const entry = (more: Partial<IntendedEntry>): IntendedEntry => ({
  scenario: 'a.b',
  path: 'callerGot[0].status',
  reason: 'Because.',
  ours: 204,
  ...more,
});
const judgeWith = (...intended: IntendedEntry[]) => new AllowanceJudge({ intended, notToCopy: [] });
const found = (path: string, ours: unknown): Difference => ({ path, kind: 'differs', original: 'theirs', ours });
const judged = (one: Partial<IntendedEntry>, path: string, ours: unknown) => judgeWith(entry(one)).judge('a.b', found(path, ours));

describe('AllowanceJudge', () => {
  test.each<[what: string, ours: unknown, given: unknown]>([
    ['a value', 204, 204],
    ['a value with parts', [{ a: 1 }], [{ a: 1 }]],
    ['null', null, null],
    ['a text that begins with a slash', '/api/items', '/api/items'],
    ['an absence', '(absent)', undefined],
    ['a pattern for a text', '/^5\\d\\d$/', '503'],
    ['a pattern for anything else, as JSON', '/"<trace>"/', ['<trace>']],
  ])('allows %s that is as promised', (_, ours, given) => {
    expect(judged({ ours }, 'callerGot[0].status', given)).toBe('intended');
  });

  test.each<[what: string, ours: unknown, given: unknown]>([
    ['another value', 204, 200],
    ['a value where absence is promised', '(absent)', null],
    ['an absence where a pattern is promised', '/./', undefined],
    ['a text beside the pattern', '/^5/', '404'],
  ])('refuses %s and says what was promised', (_, ours, given) => {
    expect(judged({ ours }, 'callerGot[0].status', given)).toEqual({ expected: ours });
  });

  test('refuses what no entry speaks of', () => {
    expect(judged({}, 'callerGot[0].text', 204)).toBe('open');
    expect(judgeWith(entry({})).judge('a.c', found('callerGot[0].status', 204))).toBe('open');
    expect(judged({ kind: 'only right' }, 'callerGot[0].status', 204)).toBe('open');
  });

  test('takes an object as one promise for each field whose path ends so', () => {
    const judge = judgeWith(
      entry({ path: 'callerGot*', ours: { '[0].status': 204, 'rawHeaders.content-length': '(absent)', '[1].text': 'x' } }),
    );
    expect(judge.judge('a.b', found('callerGot[0].status', 204))).toBe('intended');
    expect(judge.judge('a.b', found('callerGot[0].rawHeaders.content-length', undefined))).toBe('intended');
    expect(judge.judge('a.b', found('callerGot[0].text', ''))).toBe('open');
    expect(judge.judge('a.b', found('files[0].status', 204))).toBe('open');
    expect(judge.unused).toEqual(['intended.json: a.b callerGot* … [1].text: matches nothing']);
  });

  test('takes a list of scenarios as one entry for each of them', () => {
    const judge = judgeWith(entry({ scenario: ['a.b', 'c.*'] }));
    expect(judge.judge('a.b', found('callerGot[0].status', 204))).toBe('intended');
    expect(judge.judge('a.c', found('callerGot[0].status', 204))).toBe('open');
    expect(judge.unused).toEqual(['intended.json: c.* callerGot[0].status: matches nothing']);
    expect(judge.judge('c.d', found('callerGot[0].status', 204))).toBe('intended');
    expect(judge.unused).toEqual([]);
    expect(judge.touched).toEqual(new Set(['a.b', 'c.d']));
  });

  test('takes a key that begins with a scenario as a promise for that one alone', () => {
    const judge = judgeWith(
      entry({ scenario: ['a.b', 'a.c'], path: 'callerGot*', ours: { 'a.b [0].status': 204, 'a.c [0].status': 200, '[0].text': '' } }),
    );
    expect(judge.judge('a.b', found('callerGot[0].status', 204))).toBe('intended');
    expect(judge.judge('a.b', found('callerGot[0].text', ''))).toBe('intended');
    expect(judge.judge('a.c', found('callerGot[0].status', 204))).toEqual({ expected: 200 });
    expect(judge.unused).toEqual([
      'intended.json: a.c callerGot* … [0].status: matches nothing',
      'intended.json: a.c callerGot* … [0].text: matches nothing',
    ]);
  });

  test('takes a list of paths as the places of the fields, and needs each of them', () => {
    const judge = judgeWith(entry({ path: ['callerGot[0]*', 'callerGot*', 'probes.*'], ours: { status: 204, 'probes.seen': true } }));
    expect(judge.judge('a.b', found('callerGot[0].status', 204))).toBe('intended');
    expect(judge.judge('a.b', found('files[0].status', 204))).toBe('open');
    expect(judge.unused).toEqual([
      'intended.json: a.b callerGot[0]*, callerGot*, probes.* … probes.seen: matches nothing',
      'intended.json: a.b callerGot*: matches nothing',
      'intended.json: a.b probes.*: matches nothing',
    ]);
    expect(judge.judge('a.b', found('probes.seen', true))).toBe('intended');
    expect(judge.unused).toEqual(['intended.json: a.b callerGot*: matches nothing']);
  });

  test('does not count what is true of one header everywhere as touching a case', () => {
    const judge = judgeWith(entry({ scenario: '*', path: '*Headers.X-Forwarded-For*', ours: '/127/' }), entry({}));
    expect(judge.judge('x', found('handlerReceived[0].json.Data.req.Headers.X-Forwarded-For', ['127.0.0.1']))).toBe('everywhere');
    expect(judge.touched).toEqual(new Set());
    expect(judge.judge('a.b', found('callerGot[0].status', 204))).toBe('intended');
    expect(judge.touched).toEqual(new Set(['a.b']));
  });

  test('lets a promise that is not kept stand before a fact of the platform', () => {
    const judge = new AllowanceJudge({
      intended: [entry({ ours: 413 })],
      notToCopy: [{ scenario: 'a.*', path: 'callerGot*', reason: 'A fact.' }],
    });
    expect(judge.judge('a.b', found('callerGot[0].status', 500))).toEqual({ expected: 413 });
    expect(judge.judge('a.b', found('callerGot[0].text', 'x'))).toBe('intended');
  });
});

describe('the rules of intended.json', () => {
  test.each<[why: string, broken: Partial<IntendedEntry>]>([
    ['a reason is missing', { reason: '' }],
    ['"ours" is missing', { ours: undefined }],
    ['a path that is more than "*"', { path: '*' }],
    ['the path of one header', { scenario: '*', path: 'callerGot[0].status' }],
    ['the path of one header', { scenario: '*', path: '*rawHeaders.*' }],
    ['the path of one header', { scenario: ['a.b', '*'] }],
    ['the path of one header', { scenario: '*', path: ['*rawHeaders.a', '*rawHeaders.b'], ours: { a: 1, b: 1 } }],
    ['must name a scenario', { scenario: ['a.b', ''] }],
    ['must name a scenario', { scenario: [] }],
    ['a path that is more than "*"', { path: ['callerGot*', '**'], ours: { a: 1 } }],
    ['a key for each field', { path: ['callerGot*', 'files*'] }],
    ['says nothing of "a.b"', { ours: {} }],
    ['says nothing of "a.c"', { scenario: ['a.b', 'a.c'], ours: { 'a.b status': 204 } }],
    ['asserts nothing', { ours: '/.*/' }],
    ['asserts nothing', { ours: { '[0].text': '/x?/' } }],
  ])('%s', (why, broken) => {
    expect(faultsOf([entry(broken)])).toEqual([expect.stringContaining(why)]);
  });

  test('a sound entry, and one for a header of every scenario, are accepted', () => {
    expect(faultsOf([entry({}), entry({ scenario: '*', path: '*rawHeaders.traceparent', ours: '/^00-/' })])).toEqual([]);
  });

  test('one header may be spelled in two ways', () => {
    const path = ['*rawHeaders.x-forwarded-for', '*Headers.X-Forwarded-For*'];
    expect(faultsOf([entry({ scenario: '*', path, ours: { 'rawHeaders.*': '127.0.0.1', 'Headers.*': ['127.0.0.1'] } })])).toEqual([]);
  });

  test('there are at most sixty', () => {
    expect(faultsOf(Array.from({ length: 60 }, () => entry({})))).toEqual([]);
    expect(faultsOf(Array.from({ length: 61 }, () => entry({})))).toEqual([expect.stringContaining('at most 60')]);
  });

  test('they touch at most a quarter of the cases', () => {
    expect(faultsOfReach(new Set(['a', 'b']), 8)).toEqual([]);
    expect(faultsOfReach(new Set(['a', 'b', 'c']), 8)).toEqual([expect.stringContaining('at most 2 of 8')]);
  });
});
