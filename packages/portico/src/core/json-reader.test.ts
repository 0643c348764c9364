import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { doubleJson } from './double-text.ts';
import type { JsonValue } from './function-app.ts';
import { readJson } from './json-reader.ts';
import { writeJson } from './json-writer.ts';

function read(text: string): JsonValue {
  const reading = readJson(text);
  if ('fault' in reading) throw new Error(reading.fault);
  return reading.value;
}

const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('readJson', () => {
  test.each<[text: string, json: string | undefined, what: string]>([
    ['{a: 1, $b-c: 2}', '{"a":1,"$b-c":2}', 'names without quotes'],
    ['/* one */ [1, // two\n 2 /* three */]', '[1,2]', 'comments'],
    ['["line\nbreak\tand tab"]', '["line\\nbreak\\tand tab"]', 'line breaks within strings'],
    ["{'it''s': 1}", undefined, 'no doubled quotes'],
    ['{"a":1,"b"}', undefined, 'no name without value'],
    ['{"a" 1}', undefined, 'no missing colon'],
    ['[1 2]', undefined, 'no missing comma'],
    ['[1', undefined, 'no missing end'],
    ['"\\u12g4"', undefined, 'no bad escape'],
    ['[01.5]', undefined, 'no zero before a fraction'],
    ['[-]', undefined, 'no sign without digits'],
    ['{"__proto__":{"a":1.0}}', '{"__proto__":{"a":1.0}}', 'a member called __proto__'],
    ['[1.5, -0.0, 1E400, .5, 12345678901234567]', '[1.5,-0.0,"Infinity",0.5,12345678901234567]', 'numbers exactly'],
  ])('reads %j as %j: %s', (text, expected) => {
    const reading = readJson(text);
    expect('value' in reading ? writeJson(reading.value) : undefined).toBe(expected);
  });

  test.each([
    ['{"a":1}\n  x', '"x" is unexpected at line 2, column 3'],
    ['{"a":', 'it ends too early'],
    ['["a', 'it ends within a string'],
    ['[1,\n {"b": tru}]', '"t" is unexpected at line 2, column 8'],
    ['[[[', 'it ends too early'],
  ])('says of %j: %s', (text, fault) => {
    expect(readJson(text)).toEqual({ fault });
  });

  test.each(['[', '{"a":', '[1.0,'])('refuses depth instead of running out of stack: %s', (opening) => {
    const deep = opening.repeat(100_000);
    expect(readJson(deep)).toHaveProperty('fault');
    const closed = `${'['.repeat(257)}${']'.repeat(257)}`;
    expect(readJson(closed)).toEqual({ fault: 'it is nested more than 256 levels deep' });
    expect(readJson(closed.replace('[]', '[1.0]'))).toEqual({ fault: 'it is nested more than 256 levels deep' });
    expect(readJson(closed.slice(1, -1))).toHaveProperty('value');
  });

  test('agrees with JSON.parse on whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        // Numbers are compared as numbers: their spelling is what differs on purpose.
        expect(JSON.parse(writeJson(read(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('the careful way reads what the quick one reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'small' }), (value) => {
        const text = JSON.stringify([value]);
        expect(JSON.parse(writeJson(read(`${text}//`)))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('keeps the value and the spelling of every number that Azure would write', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(doubleJson),
      fc.bigInt().map(String),
      fc.integer().map((integer) => doubleJson(integer / 1000)),
    );
    fc.assert(fc.property(number, (text) => writeJson(read(`{"n": ${text}}`)) === `{"n":${text}}`));
  });

  test('never throws', () => {
    fc.assert(fc.property(anyText, (text) => void readJson(text)));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'{}[]":,\'\\/*-+.eE0179xu \nabtfn'.split(''))), (parts) => void readJson(parts.join(''))),
    );
  });
});
