import { describe, expect, test } from 'vitest';
import { charsetOf, mediaTypeOf } from './media-type.ts';

describe('a Content-Type', () => {
  test.each([
    ['application/json', 'application/json', undefined],
    ['Text/HTML; Charset=UTF-8', 'text/html', 'utf-8'],
    ['text/plain;charset="iso-8859-1"; x=1', 'text/plain', 'iso-8859-1'],
    [' multipart/form-data ; boundary=b', 'multipart/form-data', undefined],
    ['nonsense', 'nonsense', undefined],
    ['', '', undefined],
  ])('%j is of type %j with the charset %j', (text, type, charset) => {
    expect(mediaTypeOf(text)).toBe(type);
    expect(charsetOf(text)).toBe(charset);
  });
});
