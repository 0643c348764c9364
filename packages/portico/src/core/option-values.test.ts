import { describe, expect, test } from 'vitest';
import type { JsonValue } from './function-app.ts';
import { choice, flag, integer, integerOr, json, text, timeSpan } from './option-values.ts';
import type { Option, OptionIssue } from './options.ts';

const doc = 'An option.';

function read<Value>(option: Option<Value>, written: JsonValue | undefined) {
  const issues: OptionIssue[] = [];
  return { value: option.read(written, ['section', 'option'], (issue) => issues.push(issue)), issues };
}

function check<Value>(option: Option<Value>, written: JsonValue | undefined, value: Value) {
  expect(read(option, written)).toEqual({ value, issues: [] });
}

function refuse(option: Option, written: JsonValue, used: JsonValue | undefined) {
  const { value, issues } = read(option, written);
  expect(issues).toMatchObject([{ kind: 'bad-value', path: ['section', 'option'], found: written, used }]);
  return value;
}

describe('text', () => {
  test.each([
    ['a b', 'a b'],
    ['', ''],
    [null, ''],
    [5, '5'],
    [1.5, '1.5'],
    [true, 'True'],
  ])('reads %j as .NET would', (written, value) => check(text({ doc }), written, value));

  test('has its default only when it is absent', () => check(text({ doc, default: 'x' }), undefined, 'x'));
  test('refuses lists and objects', () => expect(refuse(text({ doc, default: 'x' }), ['a'], 'x')).toBe('x'));
  test('refuses what it does not accept', () => {
    expect(refuse(text({ doc, accepts: (value) => value.length < 3 }), 'long', undefined)).toBeUndefined();
  });
});

describe('integer', () => {
  const port = integer({ doc, min: 1, max: 65_535, default: 80 });

  test.each([
    [7071, 7071],
    ['7071', 7071],
    [' 7071 ', 7071],
    [null, 80],
    [undefined, 80],
  ])('reads %j', (written, value) => check(port, written, value));

  test.each([0, 65_536, 1.5, '1.5', 'first', '', true, {}])('refuses %j and uses the default', (written) => {
    expect(refuse(port, written, 80)).toBe(80);
  });

  test('says its range', () => {
    expect(port.expected).toBe('a whole number from 1 to 65535');
    expect(integer({ doc, min: -1 }).expected).toBe('a whole number of at least -1');
    expect(integer({ doc }).expected).toBe('a whole number');
  });
});

describe('integerOr', () => {
  const processes = integerOr('auto', { doc, min: 1, max: 256, default: 1 });

  test.each([
    [4, 4],
    ['4', 4],
    ['auto', 'auto'],
    [' AUTO ', 'auto'],
    [null, 1],
    [undefined, 1],
  ] as const)('reads %j', (written, value) => check<number | 'auto'>(processes, written, value));

  test.each([0, 257, 1.5, 'many', '', true, []])('refuses %j and uses the default', (written) => {
    expect(refuse(processes, written, 1)).toBe(1);
  });

  test('says its range and its word, to people and to editors', () => {
    expect(processes.expected).toBe('a whole number from 1 to 256, or "auto"');
    expect(processes.schema()).toEqual({ anyOf: [{ type: 'integer', minimum: 1, maximum: 256 }, { const: 'auto' }] });
  });
});

describe('flag', () => {
  test.each([
    [true, true],
    ['TRUE', true],
    [' false ', false],
    [false, false],
  ])('reads %j', (written, value) => check(flag({ doc }), written, value));

  test.each(['yes', '1', 1, ''])('refuses %j', (written) => expect(refuse(flag({ doc, default: true }), written, true)).toBe(true));
});

describe('choice', () => {
  const level = choice(['anonymous', 'fixedDelay'], { doc, default: 'anonymous' });

  test('ignores case and gives the declared spelling', () => check(level, 'FIXEDDELAY', 'fixedDelay'));
  test('refuses other words', () => expect(refuse(level, 'fixed', 'anonymous')).toBe('anonymous'));
  test('lists its names', () => expect(choice(['a', 'b', 'c'], { doc }).expected).toBe('"a", "b" or "c"'));
});

describe('timeSpan', () => {
  const timeout = timeSpan({ doc, default: '00:30:00', min: '00:00:01', unlimited: '-1' });

  test.each([
    ['00:05:00', 300_000],
    [undefined, 1_800_000],
    ['-1', Number.POSITIVE_INFINITY],
    [-1, Number.POSITIVE_INFINITY],
  ])('reads %j', (written, value) => check(timeout, written, value));

  test.each(['soon', '', '00:00:00', '-00:05:00', {}])('refuses %j', (written) =>
    expect(refuse(timeout, written, '00:30:00')).toBe(1_800_000),
  );

  test.each(['25:00:00', 25])('reports that %j counts days', (written) => {
    const issues = [{ kind: 'days', path: ['section', 'option'], found: String(written) }];
    expect(read(timeout, written)).toEqual({ value: 25 * 86_400_000, issues });
    expect(read(timeSpan({ doc, inDays: true }), written).issues).toEqual([]);
  });
});

test('json takes whatever is written', () => {
  check(json({ doc }), { a: [1, null] }, { a: [1, null] });
  check(json({ doc }), null, null);
});
