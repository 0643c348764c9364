import { describe, expect, test } from 'vitest';
import type { Caller } from './caller.ts';
import { forwardedLines, passHeaders } from './forwarded-headers.ts';

const stranger: Caller = { address: '203.0.113.9', forwardedFor: '203.0.113.9', trusted: false, protocol: 'http' };
const proxy: Caller = { ...stranger, address: '10.0.0.1', forwardedFor: '10.0.0.1', trusted: true };
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('passHeaders', () => {
  test('keeps spelling, order and repeats of what passes', () => {
    const { lines } = passHeaders(['x-lower', '1', 'X-UPPER', '2', 'X-Two', 'a', 'X-Two', 'b', 'X-Empty', ''], false);
    expect(lines).toBe('x-lower: 1\r\nX-UPPER: 2\r\nX-Two: a\r\nX-Two: b\r\nX-Empty: \r\n');
  });

  test.each(['Keep-Alive', 'TE', 'Upgrade', 'Proxy-Connection', 'Proxy-Authorization', 'Transfer-Encoding', 'Connection'])(
    'drops %s',
    (name) => {
      expect(passHeaders([name, 'x'], true).lines).toBe('');
    },
  );

  test('drops what Connection names, but never what the request is made of', () => {
    const { lines } = passHeaders(
      ['Connection', 'close, X-Mine, Content-Length, authorization', 'X-Mine', '1', 'Content-Length', '5', 'Authorization', 'a'],
      false,
    );
    expect(lines).toBe('Content-Length: 5\r\nAuthorization: a\r\n');
  });

  test.each(['X-Azure-Functions-InvocationId', 'X-Azure-Functions-HostVersion', 'x-ms-invocation-id'])(
    'never lets a caller speak for the host with %s',
    (name) => {
      expect(passHeaders([name, 'forged'], true).lines).toBe('');
    },
  );

  test.each([
    ['Forwarded', 'for=203.0.113.7'],
    ['X-Forwarded-Prefix', '/x'],
  ])('passes %s on from a trusted proxy only', (name, value) => {
    expect(passHeaders([name, value], false).lines).toBe('');
    expect(passHeaders([name, value], true).lines).toBe(`${name}: ${value}\r\n`);
  });

  test('keeps a valid traceparent', () => {
    expect(passHeaders(['traceparent', trace], false).traceparent).toBe(trace);
  });

  test.each([
    trace.replace('00-', 'ff-'),
    trace.toUpperCase(),
    trace.slice(0, -1),
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
    `${trace}-more`,
    'nonsense',
  ])('treats the traceparent %s as none', (value) => {
    expect(passHeaders(['traceparent', value], false).traceparent).toBeUndefined();
  });

  test('takes what follows the flags in a later version of the format', () => {
    expect(passHeaders(['traceparent', `${trace.replace('00-', '01-')}-more`], false).traceparent).toBe(
      `${trace.replace('00-', '01-')}-more`,
    );
  });

  test('treats two traceparents as none', () => {
    expect(passHeaders(['traceparent', trace, 'traceparent', trace], false).traceparent).toBeUndefined();
  });

  test.each([
    ['with', ['traceparent', trace], 'tracestate: a=1\r\ntracestate: b=2\r\n'],
    ['without', [], ''],
    ['with an invalid', ['traceparent', 'x'], ''],
  ])('keeps the state of a trace %s traceparent: %j', (_, parent, expected) => {
    expect(passHeaders(['tracestate', 'a=1', ...parent, 'tracestate', 'b=2'], false).lines).toBe(expected);
  });
});

describe('forwardedLines', () => {
  const sent = [
    'Host',
    'app.example',
    'X-Forwarded-For',
    '6.6.6.6',
    'X-Forwarded-For',
    '7.7.7.7',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Host',
    'outer.example',
  ];

  test('overwrites what a stranger claims', () => {
    expect(forwardedLines(passHeaders(sent, false), stranger)).toBe(
      'X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: app.example\r\nX-Forwarded-Proto: http\r\n',
    );
  });

  test('continues what a trusted proxy says, several lines as one list', () => {
    expect(forwardedLines(passHeaders(sent, true), proxy)).toBe(
      'X-Forwarded-For: 6.6.6.6, 7.7.7.7, 10.0.0.1\r\nX-Forwarded-Host: outer.example\r\nX-Forwarded-Proto: https\r\n',
    );
  });
});
