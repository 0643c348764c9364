import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blobOfUrl, blobUrl, parseBlobPath } from './blob-path.ts';

describe('parseBlobPath', () => {
  test.each([
    ['uploads/a.txt', 'uploads', 'a.txt'],
    ['uploads/a/b c%.txt', 'uploads', 'a/b c%.txt'],
    ['abc//x', 'abc', '/x'],
    ['$root/x', '$root', 'x'],
    ['https://acme.blob.core.windows.net/uploads/a%20b/%C3%BC.txt?sv=1&sig=2', 'uploads', 'a b/ü.txt'],
    ['http://127.0.0.1:10000/devstoreaccount1/uploads/a.txt', 'uploads', 'a.txt'],
    ['http://azurite:10000/devstoreaccount1/uploads/a.txt', 'uploads', 'a.txt'],
    ['http://[::1]:99/devstoreaccount1/uploads/a.txt', 'uploads', 'a.txt'],
    ['http://localhost/devstoreaccount1/uploads/a/b', 'uploads', 'a/b'],
  ])('takes %j apart', (text, container, blob) => {
    expect(parseBlobPath(text)).toEqual({ container, blob });
  });

  test.each([
    ['', "Invalid blob path specified : ''. Blob identifiers must be in the format 'container/blob'."],
    ['uploads', "Invalid blob path specified : 'uploads'. Blob identifiers must be in the format 'container/blob'."],
    ['uploads/', "Invalid blob path specified : 'uploads/'. Blob identifiers must be in the format 'container/blob'."],
    ['/a.txt', "Invalid blob path specified : '/a.txt'. Blob identifiers must be in the format 'container/blob'."],
    ['Uploads/a', 'Invalid container name: Uploads'],
    ['ab/x', 'Invalid container name: ab'],
    ['a--b/x', 'Invalid container name: a--b'],
    ['-ab/x', 'Invalid container name: -ab'],
    [`${'a'.repeat(64)}/x`, `Invalid container name: ${'a'.repeat(64)}`],
    [
      'abc/x.',
      "The given blob name 'x.' has an invalid suffix. Avoid blob names that end with a dot ('.'), a forward slash ('/'), or a sequence or combination of the two.",
    ],
    ['abc/a\\b', "The given blob name 'a\\b' contain illegal characters. A blob name cannot the following character(s): '\\'."],
  ])('refuses %j as Azure does', (text, azure) => {
    expect(parseBlobPath(text)).toMatchObject({ fault: { azure } });
  });

  test('refuses a name of more than 1024 characters', () => {
    expect(parseBlobPath(`abc/${'x'.repeat(1024)}`)).toEqual({ container: 'abc', blob: 'x'.repeat(1024) });
    expect(parseBlobPath(`abc/${'x'.repeat(1025)}`)).toHaveProperty('fault');
  });
});

describe('blobOfUrl', () => {
  test.each([
    'no url',
    'ftp://acme/uploads/a',
    'https://acme.blob.core.windows.net/uploads',
    'https://acme.blob.core.windows.net/u/%zz',
    'https://',
  ])('finds no blob in %j', (text) => {
    expect(blobOfUrl(text)).toBeUndefined();
  });
});

describe('blobUrl', () => {
  test('escapes as .NET does', () => {
    expect(blobUrl('http://h/c', "a b/100%/(x)'!*.txt")).toBe('http://h/c/a%20b/100%25/%28x%29%27%21%2A.txt');
  });

  test('is undone by blobOfUrl', () => {
    // Whoever reads a URL makes nothing of a step that is a dot or two.
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => text.isWellFormed() && !/(^|\/)\.{1,2}(\/|$)/.test(text));
    fc.assert(
      fc.property(name, (blob) => {
        expect(blobOfUrl(blobUrl('https://acme.blob.core.windows.net/uploads', blob))).toEqual({ container: 'uploads', blob });
      }),
    );
  });
});
