import { describe, expect, test } from 'vitest';
import { splitArguments } from './arguments.ts';

describe('arguments', () => {
  test.each([
    ['a blank separates', 'two words', ['two', 'words']],
    ['a tab separates', 'tab\there', ['tab', 'here']],
    ['several blanks are one', '  a   b  ', ['a', 'b']],
    ['a line end does not separate', 'a\nb', ['a\nb']],
    ['double quotes hold together', '"quoted words"', ['quoted words']],
    ['double quotes may be anywhere', '--name="two words"!', ['--name=two words!']],
    ['single quotes are ordinary', "'single quoted'", ["'single", "quoted'"]],
    ['empty quotes are an empty argument', 'a "" b', ['a', '', 'b']],
    ['nothing is no argument', '', []],
    ['two quotes within quotes are one', '"a ""b"" c"', ['a "b" c']],
    ['three quotes open, then quote', '"""a"', ['"a']],
    ['an unclosed quote goes on to the end', '"a b', ['a b']],
    ['a backslash is ordinary', 'back\\slash \\\\server\\share', ['back\\slash', '\\\\server\\share']],
    ['a backslash keeps a quote', 'a\\"b', ['a"b']],
    ['two backslashes before a quote are one', '"a\\\\" b', ['a\\', 'b']],
    ['three backslashes before a quote are one, and keep it', 'a\\\\\\"b', ['a\\"b']],
    ['nothing is expanded', '$HOME * ~', ['$HOME', '*', '~']],
  ])('%s', (_, line, expected) => {
    expect(splitArguments(line)).toEqual(expected);
  });
});
