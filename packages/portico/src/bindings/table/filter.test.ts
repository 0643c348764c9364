import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { triggerBindingData } from '../../core/binding-data.ts';
import type { BindingValue } from '../../core/binding-value.ts';
import type { Template } from '../../core/expressions/template.ts';
import { parseFilter, queryOf } from './filter.ts';

const context = { functionName: 'Fn', clock: { now: () => new Date('2024-05-06T07:08:09Z') }, random: { uuid: () => 'id' } };

function scopeOf(values: Readonly<Record<string, BindingValue>>) {
  const data = triggerBindingData(Object.entries(values), '');
  return {
    bind(template: Template): string {
      const bound = template.bind(data, context);
      if ('error' in bound) throw bound.error;
      return bound.text;
    },
  };
}

const filter = (text: string, values: Readonly<Record<string, BindingValue>>) => parseFilter(text, { name: 'rows' }).bind(scopeOf(values));

describe('a filter', () => {
  test.each<[string, Record<string, BindingValue>, string]>([
    ['Age gt 5', {}, 'Age gt 5'],
    ["Name eq '{n}'", { n: 'Ada' }, "Name eq 'Ada'"],
    ["Name eq '{n}'", { n: "O'Hara" }, "Name eq 'O''Hara'"],
    ["Name eq '{n}'", { n: "' or 1 eq 1 or Name eq '" }, "Name eq ''' or 1 eq 1 or Name eq '''"],
    ["Name eq 'it''s {n}'", { n: "a'b" }, "Name eq 'it''s a''b'"],
    ["Name eq 'x' and Age gt {a}", { a: 36 }, "Name eq 'x' and Age gt 36"],
    ['Age gt {a}', { a: ' -1.5e3 ' }, 'Age gt -1.5e3'],
    ['Big eq {a}L', { a: '9007199254740993' }, 'Big eq 9007199254740993L'],
    ['Ok eq {ok}', { ok: 'True' }, 'Ok eq true'],
    ['A eq {n} or B eq {n}', { n: '.5' }, 'A eq .5 or B eq .5'],
    ['{whole}', { whole: 'Age gt 5 or Age lt 3' }, 'Age gt 5 or Age lt 3'],
    ["Name eq '{query.n}'", { query: { n: 'Ada' } }, "Name eq 'Ada'"],
    ["T lt datetime'{DateTime:yyyy-MM-ddTHH:mm:ssZ}'", {}, "T lt datetime'2024-05-06T07:08:09Z'"],
  ])('%s with %j is %s', (text, values, expected) => {
    expect(filter(text, values)).toBe(expected);
  });

  test.each(['25 or true', '', ' ', "'x'", 'x', '1 2', '0x1', '1;', '--1', 'datetime'])('takes no %j where no quotes are', (value) => {
    expect(() => filter('Age gt {a}', { a: value })).toThrow(/^\{a\} in "filter" of the binding "rows" stands without quotes/);
  });

  test('does not show the value that it refuses', () => {
    try {
      filter('Age gt {a}', { a: 'secret' });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'TABLE_FILTER_VALUE_UNUSABLE', hint: expect.stringContaining("for filter parameter 'a'.") });
      expect(`${(error as { message: string }).message}${(error as { hint: string }).hint}`).not.toContain('secret');
    }
  });

  test('keeps every text within its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '"', ' ', 'a', '(', '{', '}', 'é') }), (value) => {
        const found = /^A eq '((?:[^']|'')*)' and B eq 1$/.exec(filter("A eq '{v}' and B eq {n}", { v: value, n: 1 }));
        expect(found?.[1]?.replaceAll("''", "'")).toBe(value);
      }),
    );
  });
});

describe('queryOf', () => {
  test.each([
    ['', '', undefined],
    ['p', '', "PartitionKey eq 'p'"],
    ["o'p", '', "PartitionKey eq 'o''p'"],
    ['', 'a eq 1 or b eq 2', 'a eq 1 or b eq 2'],
    ['p', 'a eq 1 or b eq 2', "PartitionKey eq 'p' and (a eq 1 or b eq 2)"],
  ])('of partition %j and filter %j is %j', (partition, text, query) => {
    expect(queryOf(partition, text)).toBe(query);
  });
});
