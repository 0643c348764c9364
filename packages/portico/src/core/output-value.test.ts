import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase64 } from './base64.ts';
import type { JsonValue } from './function-app.ts';
import { exactNumber } from './json-value.ts';
import { byteItems, type OutputValue, objectItems, streamContent, textItems } from './output-value.ts';

const output = (value: JsonValue, more: Partial<OutputValue> = {}): OutputValue => ({ name: 'q', value, keepsText: false, ...more });
const decoded = (text: string) => output(text, { bytes: decodeBase64(text) });
const codes = ({ remarks }: { remarks: readonly { code: string }[] }) => remarks.map(({ code }) => code);

function texts(value: OutputValue) {
  const made = textItems(value);
  if ('error' in made) throw made.error;
  return made;
}

function bytes(value: OutputValue) {
  const made = byteItems(value);
  if ('error' in made) throw made.error;
  return made;
}

describe('items of text and bytes', () => {
  test.each<[JsonValue, string[]]>([
    ['hello', ['hello']],
    ['', ['']],
    [{ a: 'é' }, ['{\n  "a": "é"\n}']],
    [42, ['42']],
    [1.5, ['1.5']],
    [exactNumber('3.0'), ['3']],
    [exactNumber('1E+20'), ['1E+20']],
    [exactNumber('12345678901234567890'), ['12345678901234567890']],
    [true, ['True']],
    [
      ['one', { two: 2 }, 3, [4], null],
      ['one', '{\n  "two": 2\n}', '3', '[\n  4\n]', ''],
    ],
    [[], []],
    ['[1,"two"]', ['1', 'two']],
    [' {"b":2,"a":1}\n', ['{\n  "b": 2,\n  "a": 1\n}']],
    [
      ['[1,2]', 'dGVzdA=='],
      ['[1,2]', 'dGVzdA=='],
    ],
    ['2001-02-03T04:05:06Z', ['2001-02-03T04:05:06Z']],
  ])('of %j are %j', (value, items) => {
    expect(texts(output(value)).items).toEqual(items);
    expect(bytes(output(value)).items.map((item) => new TextDecoder().decode(item))).toEqual(items);
  });

  test.each([textItems, byteItems, objectItems])('refuse text that only looks like JSON', (itemsOf) => {
    const made = itemsOf(output('{hello}'));
    expect(made).toHaveProperty('error.code', 'OUTPUT_NOT_JSON');
    expect(made).toHaveProperty('error.message', expect.stringContaining('The output "q" is text that begins and ends like JSON'));
  });

  test('leave text alone where the app says so', () => {
    for (const text of ['{hello}', '[1,2]', '{"a":1}'])
      expect(texts(output(text, { keepsText: true }))).toEqual({ items: [text], remarks: [] });
    expect(texts(output([1, 2], { keepsText: true })).items).toEqual(['1', '2']);
  });

  test('are the bytes that base64 stands for where bytes are wanted, and the text where text is', () => {
    expect(bytes(decoded('dGVzdA=='))).toEqual({
      items: [Buffer.from('test')],
      remarks: [expect.objectContaining({ code: 'BASE64_DECODED' })],
    });
    expect(texts(decoded('dGVzdA=='))).toEqual({ items: ['dGVzdA=='], remarks: [expect.objectContaining({ code: 'BASE64_KEPT' })] });
  });

  test.each<[OutputValue, string[]]>([
    [output('hello'), []],
    [decoded(''), []],
    [output('[1,2]'), ['TEXT_READ_AS_JSON']],
    [output('{"a":1}'), ['TEXT_READ_AS_JSON']],
    [output('{\n  "a": 1\n}'), []],
    [output('2001-02-03T04:05:06Z'), ['DATE_KEPT']],
    [output(['x', '2001-02-03T04:05:06Z', '2001-02-03T04:05:06Z']), ['DATE_KEPT']],
    [output({ at: '2001-02-03T04:05:06+02:00' }), ['DATE_KEPT']],
    [output({ at: '2001-02-03T04:05:06Z' }), []],
  ])('of %j are remarked on with %j', (value, expected) => {
    expect(codes(texts(value))).toEqual(expected);
  });

  test('names the output in every remark', () => {
    const remarks = [decoded('test'), output('[1]'), output('2001-02-03T04:05:06Z')].flatMap((value) => bytes(value).remarks);
    expect(remarks).toHaveLength(3);
    for (const { message } of remarks) expect(message).toContain('output "q"');
  });
});

describe('items that are objects', () => {
  test.each<[JsonValue, JsonValue[]]>([
    [{ a: 1 }, [{ a: 1 }]],
    [
      [{ a: 1 }, {}],
      [{ a: 1 }, {}],
    ],
    ['{"a":1}', [{ a: 1 }]],
    ['[{"a":1}]', [{ a: 1 }]],
    [[], []],
  ])('of %j are %j', (value, items) => {
    expect(objectItems(output(value))).toEqual({ items, remarks: [] });
  });

  test.each<[JsonValue, string]>([
    ['hello', 'a string'],
    [42, 'a number'],
    [[{}, null], 'an array that holds null'],
    ['[1]', 'an array that holds a number'],
    [[['a']], 'an array that holds an array'],
  ])('are not made of %j', (value, got) => {
    expect(objectItems(output(value))).toHaveProperty(
      'error.message',
      `The output "q" is ${got}, but what it is bound to takes objects only.`,
    );
  });

  test('are read from text even if the app leaves text alone: nothing else could be meant', () => {
    expect(objectItems(output('{"a":1}', { keepsText: true }))).toEqual({ items: [{ a: 1 }], remarks: [] });
  });
});

describe('the content of a stream', () => {
  test.each<[JsonValue, string | number[], string[]]>([
    ['grüße', 'grüße', []],
    ['', '', []],
    ['[1]', '[1]', []],
    ['{hello}', '{hello}', []],
    [{ a: 1, b: [true] }, '{"a":1,"b":[true]}', []],
    [[1, 'two'], '[1,"two"]', []],
    [42, [42, 0, 0, 0], ['WRITTEN_AS_BYTES']],
    [-1, [255, 255, 255, 255], ['WRITTEN_AS_BYTES']],
    [exactNumber('18446744073709551615'), [255, 255, 255, 255], ['WRITTEN_AS_BYTES']],
    [1.5, [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], ['WRITTEN_AS_BYTES']],
    [exactNumber('1.0'), [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], ['WRITTEN_AS_BYTES']],
    [true, [1], ['WRITTEN_AS_BYTES']],
    [false, [0], ['WRITTEN_AS_BYTES']],
    ['2001-02-03T04:05:06Z', '2001-02-03T04:05:06Z', ['DATE_KEPT']],
  ])('that is %j is %j', (value, content, remarked) => {
    const made = streamContent(output(value));
    expect([...made.content]).toEqual(typeof content === 'string' ? [...Buffer.from(content)] : content);
    expect(codes(made)).toEqual(remarked);
  });

  test('is the bytes that base64 stands for', () => {
    expect(streamContent(decoded('AAEC/f7/'))).toEqual({ content: Buffer.from([0, 1, 2, 0xfd, 0xfe, 0xff]), remarks: [expect.anything()] });
  });
});

test('base64 gives back every byte, whatever blanks stand in it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom('', ' ', '\r\n', '\t'), (bytes, blank) => {
      const text = Buffer.from(bytes).toString('base64').replace(/.{4}/g, `$&${blank}`);
      expect(streamContent(decoded(text)).content).toEqual(Buffer.from(bytes));
    }),
  );
});

test('no value makes any of them throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (json, keepsText) => {
      const value = output(json as JsonValue, { keepsText });
      for (const make of [byteItems, textItems, objectItems, streamContent]) make(value);
    }),
  );
});
