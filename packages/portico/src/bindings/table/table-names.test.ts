import { describe, expect, test } from 'vitest';
import { isTableName, keyFault } from './table-names.ts';

describe('isTableName', () => {
  test.each(['abc', 'A12', 'People', 'x'.repeat(63)])('takes %s', (name) => {
    expect(isTableName(name)).toBe(true);
  });

  test.each(['', 'ab', '1ab', 'a-b', 'a_b', 'größe', 'abc\n', 'x'.repeat(64)])('refuses %j', (name) => {
    expect(isTableName(name)).toBe(false);
  });
});

describe('keyFault', () => {
  test.each(['', ' ', "O'Hara", 'größe 世界 😀', '{a}', '%+&=:;,', '\u0020', '\u007e', '\u00a0'])('takes %j', (key) => {
    expect(keyFault(key)).toBeUndefined();
  });

  test.each([
    ['a/b', 'holds "/"'],
    ['a\\b', 'holds "\\"'],
    ['#', 'holds "#"'],
    ['why?', 'holds "?"'],
    ['a\tb', 'holds a control character (U+0009)'],
    ['\u001f', 'holds a control character (U+001F)'],
    ['\u007f', 'holds a control character (U+007F)'],
    ['\u009f', 'holds a control character (U+009F)'],
  ])('says of %j that it %s', (key, reason) => {
    expect(keyFault(key)).toBe(reason);
  });
});
