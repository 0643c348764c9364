import { describe, expect, expectTypeOf, test } from 'vitest';
import type { JsonValue } from './function-app.ts';
import { choice, flag, integer, text } from './option-values.ts';
import { jsonSchemaOf, list, type Option, type OptionIssue, record, section } from './options.ts';

const doc = 'An option.';

function read<Value>(option: Option<Value>, written: JsonValue | undefined) {
  const issues: OptionIssue[] = [];
  return { value: option.read(written, ['top'], (issue) => issues.push(issue)), issues };
}

describe('section', () => {
  const retry = section({ maxRetryCount: integer({ doc, default: 3 }), strategy: choice(['fixed', 'growing'], { doc }) }, { doc });

  test('reads each option, names ignoring case, and fills in defaults', () => {
    expect(read(retry, { MAXRETRYCOUNT: 5, Strategy: 'FIXED' })).toEqual({ value: { maxRetryCount: 5, strategy: 'fixed' }, issues: [] });
    expect(read(retry, undefined)).toEqual({ value: { maxRetryCount: 3, strategy: undefined }, issues: [] });
  });

  test('has types that follow from its declaration', () => {
    expectTypeOf(read(retry, {}).value).toEqualTypeOf<{
      readonly maxRetryCount: number;
      readonly strategy: 'fixed' | 'growing' | undefined;
    }>();
  });

  test('keeps the good values beside a bad one, and names it as it is written', () => {
    const { value, issues } = read(retry, { MaxRetryCount: 'many', strategy: 'growing' });
    expect(value).toEqual({ maxRetryCount: 3, strategy: 'growing' });
    expect(issues).toMatchObject([{ kind: 'bad-value', path: ['top', 'MaxRetryCount'], found: 'many', used: 3 }]);
  });

  test('reports names it does not know, except $schema', () => {
    const { issues } = read(retry, { $schema: 'x', delay: 1 });
    expect(issues).toEqual([{ kind: 'unknown-key', path: ['top', 'delay'], siblings: ['maxRetryCount', 'strategy'] }]);
  });

  test('lets unknown names pass when it is open, unless they look misspelt', () => {
    const open = section({ queues: flag({ doc }) }, { doc, open: true });
    expect(read(open, { somebodyElses: 1 }).issues).toEqual([]);
    expect(read(open, { queus: 1 }).issues).toMatchObject([{ kind: 'unknown-key', path: ['top', 'queus'] }]);
  });

  test('is all defaults where something else is written', () => {
    const { value, issues } = read(retry, 'often');
    expect(value).toEqual({ maxRetryCount: 3, strategy: undefined });
    expect(issues).toMatchObject([{ kind: 'bad-value', path: ['top'], found: 'often' }]);
  });

  test('has no members but its own', () => {
    expect(read(section({ a: flag({ doc }) }, { doc }), JSON.parse('{"__proto__":{"a":true}}')).value).toEqual({ a: undefined });
  });
});

describe('list', () => {
  const ports = list(integer({ doc, min: 1 }), { doc, default: [80] });

  test('reads its items and leaves out the bad ones', () => {
    const { value, issues } = read(ports, [1, 0, '2']);
    expect(value).toEqual([1, 2]);
    expect(issues).toMatchObject([{ path: ['top', 1], found: 0, used: undefined }]);
  });

  test('takes a lone value for a list of one, and says so', () => {
    const { value, issues } = read(ports, 8080);
    expect(value).toEqual([8080]);
    expect(issues).toMatchObject([{ path: ['top'], found: 8080, used: [8080] }]);
  });

  test.each([undefined, null, ''])('is its default for %j', (written) => expect(read(ports, written)).toEqual({ value: [80], issues: [] }));

  test('has the default where an object is written', () => {
    const { value, issues } = read(ports, { a: 1 });
    expect(value).toEqual([80]);
    expect(issues).toHaveLength(1);
  });

  test('may have sections as items', () => {
    const routes = list(section({ route: text({ doc }) }, { doc }), { doc });
    expect(read(routes, [{ route: 'a' }, 'b']).value).toEqual([{ route: 'a' }, { route: undefined }]);
    expect(read(routes, undefined).value).toBeUndefined();
  });
});

describe('record', () => {
  const headers = record(text({ doc, accepts: (value) => value !== '' }), {
    doc,
    names: text({ doc, accepts: (name) => !name.includes(' ') }),
  });

  test('keeps names as they are written and leaves out what is wrong', () => {
    const { value, issues } = read(headers, { 'X-A': 'a', 'x b': 'b', 'X-C': '' });
    expect(value).toEqual({ 'X-A': 'a' });
    expect(issues.map(({ path }) => path)).toEqual([
      ['top', 'x b'],
      ['top', 'X-C'],
    ]);
  });

  test('is empty where none is written', () => expect(read(headers, undefined)).toEqual({ value: {}, issues: [] }));
});

test('jsonSchemaOf describes the whole tree', () => {
  const table = section(
    { ports: list(integer({ doc: 'A port.', min: 1, max: 9 }), { doc: 'Ports.', default: [] }) },
    { doc: 'All.', source: 'https://x' },
  );
  expect(jsonSchemaOf(table)).toEqual({
    description: 'All. https://x',
    type: 'object',
    additionalProperties: false,
    properties: {
      ports: {
        description: 'Ports.',
        type: 'array',
        default: [],
        items: { description: 'A port.', type: 'integer', minimum: 1, maximum: 9 },
      },
    },
  });
});
