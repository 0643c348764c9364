import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { triggerBindingData } from '../binding-data.ts';
import { parseCapturePattern } from './captures.ts';
import { parseTemplate } from './template.ts';

const place = { binding: 'file', property: 'path' };

function parse(text: string) {
  const parsed = parseCapturePattern(text, place);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed.pattern;
}

function match(pattern: string, path: string) {
  const captured = parse(pattern).match(path);
  return captured === undefined ? null : Object.fromEntries(captured);
}

describe('the golden patterns', () => {
  type Row = { pattern: string; error?: string; results?: { path: string; captured: Record<string, string> | null }[] };
  const rows: Row[] = JSON.parse(readFileSync(new URL('../../../../../test/golden/binding-captures.json', import.meta.url), 'utf8'));
  const results = rows.flatMap(({ pattern, results = [] }) => results.map((result) => ({ pattern, ...result })));

  test('are read, every one of them', () => {
    expect(rows.length).toBe(23);
    expect(results.length).toBe(54);
  });

  test.each(results)('$pattern on "$path" gives $captured', ({ pattern, path, captured }) => {
    expect(match(pattern, path)).toEqual(captured);
  });

  test.each(rows.filter(({ error }) => error))('refuses $pattern', ({ pattern, error }) => {
    expect(parseCapturePattern(pattern, place)).toHaveProperty('problem.azureMessage', error);
  });
});

describe('a capture pattern', () => {
  // As recorded for blob-in.trigger.
  test('takes a path apart', () => {
    expect(match('watched/{dir}/{name}.{ext}', 'watched/folder/first.note.txt')).toEqual({ dir: 'folder', name: 'first.note', ext: 'txt' });
  });

  test.each([
    ['a.b/x-{rand-guid}', `Invalid pattern '^a\\.b/x-(?<rand-guid>.*)$' at offset 20. Reference to undefined group name 'guid'.`],
    ['{a.b}', "Capture expressions can't include dot operators"],
  ])('refuses %s', (pattern, azureMessage) => {
    expect(parseCapturePattern(pattern, place)).toMatchObject({ problem: { azureMessage, code: 'EXPRESSION_INVALID' } });
  });

  test('uses no character of a path twice', () => {
    expect(match('{a}--{b}-', '--')).toBeNull();
    expect(match('{a}--{b}-', '---')).toEqual({ a: '', b: '' });
    expect(match('x{a}x', 'x')).toBeNull();
  });

  test('knows its names', () => {
    expect(parse('in/{dir}/{name}.{dir}').names).toEqual(['dir', 'name', 'dir']);
  });

  test('matches what the regular expression of Azure’s host would match', () => {
    const piece = fc.constantFrom('{a}', '{b}', '{c}', '.', '-', '--', 'x', '/');
    const path = fc.string({ unit: fc.constantFrom('.', '-', 'x', '/', 'y'), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), path, (pieces, path) => {
        const source = pieces.map((one) => (one.startsWith('{') ? '(.*)' : one.replace('.', '\\.'))).join('');
        const names = pieces.filter((one) => one.startsWith('{')).map((one) => one.slice(1, -1));
        const groups = new RegExp(`^${source}$`).exec(path)?.slice(1);
        const expected = groups === undefined ? null : Object.fromEntries(names.map((name, index) => [name, groups[index]]));
        expect(match(pieces.join(''), path)).toEqual(expected);
      }),
    );
  });

  test('finds again what a template put in, where the separators tell one from the next', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const value = fc.string({ unit: fc.constantFrom('x', 'é', ' ', '.', '{', '}') });
    const parts = fc.uniqueArray(fc.tuple(name, value, fc.constantFrom('/', '--', '/-')), { selector: ([name]) => name });
    fc.assert(
      fc.property(parts, fc.constantFrom('', 'in/', '{{'), (parts, prefix) => {
        const text = prefix + parts.map(([name, , separator]) => `{${name}}${separator}`).join('');
        const values = parts.map(([name, value]) => [name, value] as const);
        const parsed = parseTemplate(text, place);
        const clock = { now: () => new Date(0) };
        const bound =
          'template' in parsed &&
          parsed.template.bind(triggerBindingData(values, ''), { functionName: '', clock, random: { uuid: () => '' } });
        expect(bound).toHaveProperty('text');
        expect(match(text, (bound as { text: string }).text)).toEqual(Object.fromEntries(values));
      }),
    );
  });

  test('puts together again what it took apart, whatever it took', () => {
    const piece = fc.constantFrom('{a}', '{b}', '{c}', '.', '-', '{{', '/');
    const path = fc.string({ unit: fc.constantFrom('.', '-', 'x', '/', '{'), maxLength: 12 });
    fc.assert(
      fc.property(fc.uniqueArray(piece), path, (pieces, path) => {
        const captured = match(pieces.join(''), path);
        fc.pre(captured !== null);
        expect(pieces.map((one) => captured[one.slice(1, -1)] ?? one.slice(0, 1)).join('')).toBe(path);
      }),
    );
  });

  test('is quick with paths that were made to be slow', () => {
    const pattern = parse(`${'{a}-'.repeat(200)}x`);
    expect(pattern.match('-'.repeat(1024))).toBeUndefined();
    expect(pattern.match(`${'-'.repeat(1024)}x`)?.get('a')).toBe('');
  });
});
