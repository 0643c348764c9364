import { describe, expect, test } from 'vitest';
import type { BindingMetadata, JsonValue } from '../../core/function-app.ts';
import { readOutputs } from './outputs.ts';

type Binding = Pick<BindingMetadata, 'name' | 'type' | 'direction' | 'dataType'>;
const output = (name: string, more: Partial<Binding> = {}): Binding => ({
  name,
  type: 'queue',
  direction: 'out',
  dataType: undefined,
  ...more,
});

function read(
  bindings: Binding[],
  outputs: Record<string, JsonValue>,
  { returnValue = undefined as JsonValue | undefined, keepsText = false } = {},
) {
  const values = readOutputs(bindings, { outputs: new Map(Object.entries(outputs)), returnValue }, { keepsText });
  return values.map(({ name, value, bytes }) => [name, value, bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1')]);
}

describe('readOutputs', () => {
  test('has what is bound, in the order of the bindings', () => {
    expect(read([output('b'), output('a'), output('none')], { a: 'text!', b: { x: 1 }, none: null, unbound: 1 })).toEqual([
      ['b', { x: 1 }, undefined],
      ['a', 'text!', undefined],
    ]);
  });

  test('counts case in names', () => {
    expect(read([output('q')], { Q: 'text!' })).toEqual([]);
  });

  test('leaves inputs and the HTTP output alone', () => {
    expect(
      read([output('in', { direction: 'in' }), output('res', { type: 'HTTP' }), output('both', { direction: 'inout' })], {
        in: 1,
        res: 2,
        both: 3,
      }),
    ).toEqual([['both', 3, undefined]]);
  });

  test.each([
    ['test', '\xb5\xeb-'],
    ['dGVzdA==', 'test'],
    [' dGVz\r\n\tdA== ', 'test'],
    ['', ''],
    ['abc', undefined],
    ['dGVzdA', undefined],
    ['dGVz_A==', undefined],
    ['====', undefined],
    ['A===', undefined],
    [['test'], undefined],
    [1234, undefined],
  ])('takes %j for base64 of %j', (value, bytes) => {
    expect(read([output('q')], { q: value })).toEqual([['q', value, bytes]]);
  });

  test('takes nothing for base64 where the binding says "binary", or the app that text stays text', () => {
    expect(read([output('q', { dataType: 'binary' })], { q: 'test' })).toEqual([['q', 'test', undefined]]);
    expect(read([output('q')], { q: 'test' }, { keepsText: true })).toEqual([['q', 'test', undefined]]);
    expect(read([output('q', { dataType: 'string' })], { q: 'test' })[0]?.[2]).toBeDefined();
  });

  test('gives what is returned to "$return", and nothing else of it', () => {
    const bindings = [output('q'), output('$return')];
    expect(read(bindings, { $return: 'lost' }, { returnValue: 'test' })).toEqual([['$return', 'test', '\xb5\xeb-']]);
    expect(read(bindings, {}, { returnValue: { q: 1 } })).toEqual([['$return', { q: 1 }, undefined]]);
    expect(read(bindings, { $return: 'lost' })).toEqual([]);
  });

  test('merges a returned object into the outputs where nothing is bound to it', () => {
    const bindings = [output('a'), output('b'), output('c')];
    expect(read(bindings, { a: 'theirs!', b: 'kept!' }, { returnValue: { a: 'test', b: null, c: [1], __proto__: 1 } })).toEqual([
      ['a', 'test', undefined],
      ['b', 'kept!', undefined],
      ['c', [1], undefined],
    ]);
    expect(read(bindings, {}, { returnValue: 'text' })).toEqual([]);
  });
});
