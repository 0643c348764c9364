import { describe, expect, test } from 'vitest';
import type { Caller } from './caller.ts';
import { forwardedLines, passHeaders } from './forwarded-headers.ts';

const stranger: Caller = { address: '203.0.113.9', forwardedFor: '203.0.113.9', trusted: false, namesUser: false, protocol: 'http' };
const proxy: Caller = { ...stranger, address: '10.0.0.1', forwardedFor: '10.0.0.1', trusted: true };
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('passHeaders', () => {
  test('keeps spelling, order and repeats of what passes', () => {
    const { lines } = passHeaders(['x-lower', '1', 'X-UPPER', '2', 'X-Two', 'a', 'X-Two', 'b', 'X-Empty', ''], stranger);
    expect(lines).toBe('x-lower: 1\r\nX-UPPER: 2\r\nX-Two: a\r\nX-Two: b\r\nX-Empty: \r\n');
  });

  test.each(['Keep-Alive', 'TE', 'Upgrade', 'Proxy-Connection', 'Proxy-Authorization', 'Transfer-Encoding', 'Connection'])(
    'drops %s',
    (name) => {
      expect(passHeaders([name, 'x'], proxy).lines).toBe('');
    },
  );

  test('drops what Connection names, but never what the request is made of', () => {
    const { lines } = passHeaders(
      ['Connection', 'close, X-Mine, Content-Length, authorization', 'X-Mine', '1', 'Content-Length', '5', 'Authorization', 'a'],
      stranger,
    );
    expect(lines).toBe('Content-Length: 5\r\nAuthorization: a\r\n');
  });

  test.each(['X-Azure-Functions-InvocationId', 'X-Azure-Functions-HostVersion', 'x-ms-invocation-id'])(
    'never lets a caller speak for the host with %s',
    (name) => {
      expect(passHeaders([name, 'forged'], proxy).lines).toBe('');
    },
  );

  test.each([
    ['Forwarded', 'for=203.0.113.7'],
    ['X-Forwarded-Prefix', '/x'],
  ])('passes %s on from a trusted proxy only', (name, value) => {
    expect(passHeaders([name, value], stranger).lines).toBe('');
    expect(passHeaders([name, value], proxy).lines).toBe(`${name}: ${value}\r\n`);
  });

  test('keeps a valid traceparent', () => {
    expect(passHeaders(['traceparent', trace], stranger).traceparent).toBe(trace);
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
    expect(passHeaders(['traceparent', value], stranger).traceparent).toBeUndefined();
  });

  test('takes what follows the flags in a later version of the format', () => {
    expect(passHeaders(['traceparent', `${trace.replace('00-', '01-')}-more`], stranger).traceparent).toBe(
      `${trace.replace('00-', '01-')}-more`,
    );
  });

  test('treats two traceparents as none', () => {
    expect(passHeaders(['traceparent', trace, 'traceparent', trace], stranger).traceparent).toBeUndefined();
  });

  test.each([
    ['with', ['traceparent', trace], 'tracestate: a=1\r\ntracestate: b=2\r\n'],
    ['without', [], ''],
    ['with an invalid', ['traceparent', 'x'], ''],
  ])('keeps the state of a trace %s traceparent: %j', (_, parent, expected) => {
    expect(passHeaders(['tracestate', 'a=1', ...parent, 'tracestate', 'b=2'], stranger).lines).toBe(expected);
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
    expect(forwardedLines(passHeaders(sent, stranger), stranger)).toBe(
      'X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: app.example\r\nX-Forwarded-Proto: http\r\n',
    );
  });

  test('continues what a trusted proxy says, several lines as one list', () => {
    expect(forwardedLines(passHeaders(sent, proxy), proxy)).toBe(
      'X-Forwarded-For: 6.6.6.6, 7.7.7.7, 10.0.0.1\r\nX-Forwarded-Host: outer.example\r\nX-Forwarded-Proto: https\r\n',
    );
  });
});

describe('who the user is, and which key was used', () => {
  const forged = [
    ...[
      'X-MS-CLIENT-PRINCIPAL',
      'x-ms-client-principal-name',
      'X_MS_CLIENT_PRINCIPAL',
      'x-ms_client-principal-id',
      'X-MS-Client-Principal-New',
    ],
    ...['X-Functions-KeyId', 'x_functions_keyid', 'X-FUNCTIONS_KEYID'],
  ];

  test.each(forged)('is not for a caller to say in %s', (name) => {
    expect(passHeaders([name, 'x', 'X-Other', '1'], stranger).lines).toBe('X-Other: 1\r\n');
    expect(passHeaders([name, 'x'], proxy).lines).toBe('');
  });

  test("is a trusted proxy's to say of the user where portico.json says so, and of keys never", () => {
    const authenticator = { trusted: true, namesUser: true };
    expect(passHeaders(['X-MS-CLIENT-PRINCIPAL', 'x', 'X-Functions-KeyId', 'y'], authenticator).lines).toBe('X-MS-CLIENT-PRINCIPAL: x\r\n');
  });

  test.each(['X-MS-CLIENT', 'x-functions-key', 'X-Functions-KeyId-2', 'X-Not-MS-CLIENT-PRINCIPAL'])('does not take %s along', (name) => {
    expect(passHeaders([name, 'x'], stranger).lines).toBe(`${name}: x\r\n`);
  });
});
