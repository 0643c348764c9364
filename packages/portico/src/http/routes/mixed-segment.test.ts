import { describe, expect, test } from 'vitest';
import { matchMixedSegment } from './mixed-segment.ts';
import { parseRouteTemplate } from './template.ts';

function match(segment: string, text: string): Record<string, string> | undefined {
  const template = parseRouteTemplate(segment);
  if (template.kind === 'fault') throw new Error(template.message);
  const values = matchMixedSegment(template.segments[0]!, text, text.toLowerCase());
  return values && Object.fromEntries(values);
}

describe('a segment with several parts', () => {
  test.each([
    ['{a}-{b}', 'a-b-c', { a: 'a-b', b: 'c' }],
    ['{a}-{b}', 'a--', { a: 'a', b: '-' }],
    ['{a}-{b}-{c}', '1-2-3-4', { a: '1-2', b: '3', c: '4' }],
    ['pre{a}', 'prepre', { a: 'pre' }],
    ['PRE{a}Post', 'preXpOST', { a: 'X' }],
    ['{name}.{ext?}', 'a.b.c', { name: 'a.b', ext: 'c' }],
    ['{name}.{ext?}', 'cat', { name: 'cat' }],
    ['{name}.{ext?}', '.png', { name: '.png' }],
    ['v{name}.{ext?}', 'v1', { name: '1' }],
  ])('%s takes from %s the values %j', (segment, text, values) => {
    expect(match(segment, text)).toEqual(values);
  });

  test.each([
    ['{a}-{b}', 'x'],
    ['{a}-{b}', '-x'],
    ['{a}-{b}', 'x-'],
    ['{a}-{b}-{c}', 'a--b'],
    ['pre{a}', 'pre'],
    ['pre{a}', 'preprex'],
    ['pre{a}', 'xprey'],
    ['pre{a}post', 'prepost'],
    ['{a}post', 'xpostx'],
    ['x{a}-{b}', '-b'],
    ['{name}.{ext?}', 'cat.'],
    ['.{ext?}', 'png'],
  ])('%s does not fit %s', (segment, text) => {
    expect(match(segment, text)).toBeUndefined();
  });
});
