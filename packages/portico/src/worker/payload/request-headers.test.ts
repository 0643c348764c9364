import { describe, expect, test } from 'vitest';
import { renderRequestHeaders } from './request-headers.ts';

describe('renderRequestHeaders', () => {
  test('puts known names first, in their order and spelling, and keeps the others as they were sent', () => {
    const { lists } = renderRequestHeaders(['x-b', '1', 'content-length', '2', 'X-A', '3', 'USER-AGENT', '4', 'accept', '5']);
    expect(lists).toBe('"Accept":["5"],"User-Agent":["4"],"Content-Length":["2"],"x-b":["1"],"X-A":["3"]');
  });

  test('keeps lines of one name apart in Data and joins them in Metadata', () => {
    const { lists, joined } = renderRequestHeaders(['X-Two', 'a', 'Cookie', 'c=1', 'x-two', 'b, "c"', 'cookie', 'd=2']);
    expect(lists).toBe('"Cookie":["c=1","d=2"],"X-Two":["a","b, \\"c\\""]');
    expect(joined).toBe('"Cookie":"c=1,d=2","X-Two":"a,b, \\"c\\""');
  });

  test('reads values as UTF-8, or as Latin-1 when they are not', () => {
    const utf8 = Buffer.from('grüße').toString('latin1');
    expect(renderRequestHeaders(['X', utf8, 'Y', 'caf\xe9']).joined).toBe('"X":"grüße","Y":"café"');
  });

  test('tells the content type', () => {
    expect(renderRequestHeaders(['content-TYPE', 'text/plain', 'Content-Type', 'text/html']).contentType).toBe('text/plain');
    expect(renderRequestHeaders([])).toEqual({ lists: '', joined: '', contentType: '' });
  });
});
