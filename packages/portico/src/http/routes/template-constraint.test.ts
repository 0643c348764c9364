import { describe, expect, test } from 'vitest';
import { createRouteTable } from './route-table.ts';
import { parseRouteTemplate } from './template.ts';

function accepts(constraint: string, value: string): boolean {
  const template = parseRouteTemplate(`{value:${constraint}}`);
  if (template.kind === 'fault') throw new Error(template.message);
  return createRouteTable([{ template, methods: undefined, value: true }]).match('GET', `/${encodeURIComponent(value)}`) !== undefined;
}

const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('an inline constraint', () => {
  test.each([
    [
      'int',
      ['0', '-7', '+7', '007', ' 5', '5\t', '2147483647', '-2147483648'],
      ['2147483648', '-2147483649', '7.0', '1,000', '- 7', '0x7', '٣', '99999999999'],
    ],
    ['long', ['9223372036854775807', '-9223372036854775808'], ['9223372036854775808', '1e3', 'x']],
    [
      'decimal',
      ['5', '5.', '.5', '1,000', '1,,0,', '-5', '5-', ' 5 - ', '79228162514264337593543950335'],
      ['1e3', '.', ',5', '+5-', '79228162514264337593543950336', 'NaN'],
    ],
    ['double', ['1e3', '1E-3', '-.5', '1,000.5', '1e999', 'NaN', '-Infinity', 'infinity'], ['5-', '1e', 'e3', '0x10', 'nano']],
    ['float', ['1e3', '1e99', 'NaN'], ['1.2.3', 'f']],
    ['bool', ['true', 'FALSE', ' True '], ['1', 'yes', 'truee']],
    [
      'guid',
      [GUID, GUID.toUpperCase(), GUID.replaceAll('-', ''), `{${GUID}}`, `(${GUID})`, ` ${GUID} `],
      [`{${GUID}`, `${GUID})`, GUID.slice(1), `${GUID}0`],
    ],
    [
      'guid',
      [
        '{0x0f8fad5b,0xd9cb,0x469f,{0xa1,0x65,0x70,0x86,0x77,0x28,0x95,0x0e}}',
        '{0xF, 0x1, 0x2, {0,0,0}}'.replace('{0,0,0}', '{0x1,0x2,0x3,0x4,0x5,0x6,0x7,0x8}'),
      ],
      ['{0x0f8fad5b,0xd9cb,0x469f}'],
    ],
    ['datetime', ['2024-01-02', '12:30'], ['5', 'x']],
    ['alpha', ['abc', 'ABC'], ['ab1', 'é', 'a-b', 'ſ']],
    ['minlength(3)', ['abc', 'abcd'], ['ab']],
    ['maxlength(3)', ['abc', 'a'], ['abcd']],
    ['length(3)', ['abc'], ['ab', 'abcd']],
    ['length(2,4)', ['ab', 'abcd', '😀'], ['a', 'abcde']],
    ['min(10)', ['10', '9223372036854775807'], ['9', '10.5', '9223372036854775808', 'x']],
    ['max(-1)', ['-1', '-9223372036854775808'], ['0', 'x']],
    ['range(1,5)', ['1', '5', '05', ' 3 '], ['0', '6', '1.5']],
    ['range( -5 , 5 )', ['-5', '5'], ['-6']],
    ['required', ['x', ' '], []],
    ['file', ['a.b', '.hidden', 'a.tar.gz', '..b'], ['a', 'a.', 'a..', '.']],
    ['nonfile', ['a', 'a.'], ['a.b', '.hidden']],
    ['regex(^\\d{{2}}-\\d{{4}}$)', ['12-3456'], ['1-3456', '12-34567']],
    ['regex(ab)', ['ab', 'xABx'], ['ba']],
    ['regex(^a=b:c$)', ['a=b:c'], ['a']],
    ['regex(^(a:b):c$)', ['a:b:c'], ['a', 'a:b']],
    ['regex(^(a|b)c$)', ['ac', 'BC'], ['a']],
    ['regex(\\A(?:x:)?y\\Z)', ['x:y', 'y'], ['xy']],
    ['regex(^\\p{{L}}+$)', ['é'], ['1']],
    ['regex((?i)^a/?b$)', ['ab'], ['ba']],
    ['INT:Min(3):max(5)', ['3', '5'], ['2', '6', 'x']],
    [':int:', ['5'], ['x']],
  ])('%s lets the right values through', (constraint, good, bad) => {
    expect([...good, ...bad].filter((value) => accepts(constraint, value))).toEqual(good);
  });

  test('judges the default of a segment that is left out', () => {
    expect(accepts('int=5', '')).toBe(true);
    expect(accepts('int=five', '')).toBe(false);
  });

  test.each([
    ['int?', true],
    ['nonfile', false],
    ['required?', true],
    ['required', false],
  ])('{value:%s} matches nothing at all: %s', (constraint, matches) => {
    expect(accepts(constraint, '')).toBe(matches);
  });

  test('sees the whole rest of the path on a catch-all, and null when there is none', () => {
    const fits = (text: string, path: string) => {
      const template = parseRouteTemplate(text);
      return (
        template.kind === 'template' && createRouteTable([{ template, methods: undefined, value: 1 }]).match('GET', path) !== undefined
      );
    };
    const templates = ['{*x}', '{*x:int}', '{*x:minlength(4)}', '{*x:file}', '{*x:nonfile}'];
    expect(templates.filter((text) => fits(text, '/'))).toEqual(['{*x}', '{*x:nonfile}']);
    expect(templates.filter((text) => fits(text, '/a.b/c'))).toEqual(['{*x}', '{*x:minlength(4)}', '{*x:nonfile}']);
    expect(templates.filter((text) => fits(text, '/a/c.d'))).toEqual(['{*x}', '{*x:minlength(4)}', '{*x:file}']);
  });
});

describe('a constraint that cannot be used', () => {
  test.each([
    ['nosuch', 'has a constraint that does not exist, "nosuch", on {value}'],
    [' int', 'has a constraint that does not exist, " int", on {value}'],
    ['int(', 'has a constraint that does not exist, "int(", on {value}'],
    ['constructor', 'has a constraint that does not exist, "constructor", on {value}'],
    ['int()', 'has the constraint "int()" on {value}, but int takes no parentheses'],
    ['nonfile(x)', 'but nonfile takes no parentheses'],
    ['min', 'but min takes one whole number from -9223372036854775808 to 9223372036854775807'],
    ['min(1,2)', 'but min takes one whole number'],
    ['max(x)', 'but max takes one whole number'],
    ['minlength(-1)', 'but minlength takes one length from 0 to 2147483647'],
    ['length()', 'but length takes one length or two'],
    ['length(1,2,3)', 'but length takes one length or two'],
    ['range(1)', 'but range takes two whole numbers'],
    ['range(5,1)', 'but range has its upper bound before its lower one'],
    ['regex', 'but regex takes a regular expression'],
    ['regex(()', 'but regex holds no regular expression that Portico can read: Invalid regular expression'],
    ['regex((?>a))', 'but regex holds no regular expression that Portico can read'],
  ])('{value:%s}: %s', (constraint, what) => {
    expect(parseRouteTemplate(`x/{value:${constraint}}`)).toMatchObject({ kind: 'fault', message: expect.stringContaining(what) });
  });

  test('comes with the nearest one that exists', () => {
    const hint =
      'Did you mean "guid"? There are alpha, bool, datetime, decimal, double, file, float, guid, int, length, long, max, maxlength, min, minlength, nonfile, range, regex, required.';
    expect(parseRouteTemplate('{id:giud}')).toMatchObject({ hint });
    expect(parseRouteTemplate('{id:uuuuuuuuuu}')).toMatchObject({ hint: expect.stringMatching(/^There are alpha, /) });
  });
});
