import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage, textOf } from './message-encoding.ts';

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe('messages in base64', () => {
  test('give back every byte', () => {
    expect(decodeMessage(encodeMessage(ALL_BYTES, 'base64') ?? '', 'base64')).toEqual(Buffer.from(ALL_BYTES));
  });

  test('give back whatever is written', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeMessage(encodeMessage(bytes, 'base64') ?? '', 'base64')).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test.each(['plain words!', 'abc', '{"a":1}', 'YQ', 'YQ=', 'Y-_=', '===='])('are not %j', (text) => {
    expect(decodeMessage(text, 'base64')).toBeUndefined();
  });

  test.each([
    ['', ''],
    ['aGVsbG8=', 'hello'],
    ['aGVs\r\nbG8=', 'hello'],
  ])('of %j stand for %j', (text, content) => {
    expect(decodeMessage(text, 'base64')).toEqual(Buffer.from(content));
  });

  test('are of the part of a buffer that is given', () => {
    expect(encodeMessage(ALL_BYTES.subarray(65, 68), 'base64')).toBe('QUJD');
  });
});

describe('messages of text', () => {
  test.each(['', ' ', 'grüße 世界 😀', '\ufeffwith a mark', 'a\tb\n', '<a>&amp;]]>'])('are themselves: %j', (text) => {
    expect(encodeMessage(Buffer.from(text), 'none')).toBe(text);
    expect(decodeMessage(text, 'none')).toEqual(Buffer.from(text));
  });

  test.each([
    ['what is not UTF-8', Uint8Array.of(0xfe, 0xff)],
    ['half a character', Uint8Array.of(0xf0, 0x9f, 0x98)],
    ['a character that XML has no way to write', Uint8Array.of(1)],
    ['a null', Uint8Array.of(0)],
    ['U+FFFE', Buffer.from('\ufffe')],
  ])('cannot be %s', (_, bytes) => {
    expect(encodeMessage(bytes, 'none')).toBeUndefined();
  });
});

describe('textOf', () => {
  test('keeps a byte order mark, as .NET does', () => {
    expect(textOf(Buffer.from('\ufeffa'))).toBe('\ufeffa');
  });

  test('knows what is no text, again and again', () => {
    expect([0xfe, 0x41, 0xfe].map((byte) => textOf(Uint8Array.of(byte)))).toEqual([undefined, 'A', undefined]);
  });
});
