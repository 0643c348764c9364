import { describe, expect, test } from 'vitest';
import { encodeText } from './response-text.ts';

describe('encodeText', () => {
  test.each([
    ['text/html', 'text/html; charset=utf-8'],
    ['nonsense', 'nonsense; charset=utf-8'],
    ['text/html; ', 'text/html; charset=utf-8'],
    ['multipart/mixed; boundary=b', 'multipart/mixed; boundary=b; charset=utf-8'],
    ['text/html;charset=UTF-8', 'text/html;charset=UTF-8'],
    ['text/html; charset=utf8', 'text/html; charset=utf8'],
  ])('sends %j as %j in UTF-8', (type, sent) => {
    expect(encodeText('é', type)).toEqual({ body: 'é', contentType: sent, remarks: [] });
  });

  test.each([
    ['iso-8859-1', 'é', Buffer.from([0xe9])],
    ['Latin1', 'é', Buffer.from([0xe9])],
    ['us-ascii', 'e', Buffer.from('e')],
    ['windows-1252', 'é', Buffer.from([0xe9])],
    ['utf-16le', 'é', Buffer.from([0xe9, 0])],
  ])('honours %s', (charset, text, bytes) => {
    const type = `text/html; charset=${charset}`;
    expect(encodeText(text, type)).toMatchObject({ body: bytes, contentType: type, remarks: [{ code: 'CHARSET_DECLARED' }] });
  });

  test.each([
    ['iso-8859-1', '€'],
    ['us-ascii', 'é'],
    ['windows-1252', '\u0085'],
  ])('says utf-8 instead of %s when it lacks %j', (charset, text) => {
    expect(encodeText(text, `text/html; charset="${charset}"; x=1`)).toMatchObject({
      body: text,
      contentType: 'text/html; charset="utf-8"; x=1',
      remarks: [{ code: 'CHARSET_DECLARED' }],
    });
  });

  test('leaves a charset that it does not know as written', () => {
    expect(encodeText('é', 'text/html; charset=koi8-r')).toMatchObject({
      body: 'é',
      contentType: 'text/html; charset=koi8-r',
      remarks: [{}],
    });
  });
});
