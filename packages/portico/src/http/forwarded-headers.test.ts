import { BlockList } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Caller } from './caller.ts';
import { forwardedLines, forwardedValues, passHeaders } from './forwarded-headers.ts';

const trustedProxies = new BlockList();
trustedProxies.addAddress('10.0.0.1');
const stranger: Caller = {
  address: '203.0.113.9',
  forwardedFor: '203.0.113.9',
  trusted: false,
  trustedProxies,
  namesUser: false,
  certificate: undefined,
  protocol: 'http',
};
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
      'X-Forwarded-For: 203.0.113.9\r\nX-Real-IP: 203.0.113.9\r\nX-Forwarded-Host: app.example\r\nX-Forwarded-Proto: http\r\n',
    );
  });

  test('continues what a trusted proxy says, several lines as one list', () => {
    expect(forwardedLines(passHeaders(sent, proxy), proxy)).toBe(
      'X-Forwarded-For: 6.6.6.6, 7.7.7.7, 10.0.0.1\r\nX-Real-IP: 7.7.7.7\r\nX-Forwarded-Host: outer.example\r\nX-Forwarded-Proto: https\r\n',
    );
  });

  test('tell of the certificate that the caller presented', () => {
    const certified = { ...stranger, certificate: 'MIIB' };
    expect(forwardedLines(passHeaders(sent, certified), certified)).toMatch(/\r\nX-ARR-ClientCert: MIIB\r\n$/);
  });

  const said = (caller: Caller, ...headers: string[]) => {
    const passed = passHeaders(headers, caller);
    const { address, client } = forwardedValues(passed, caller);
    return { lines: passed.lines, address, client };
  };

  test.each(['X-Real-IP', 'x-real-ip', 'X_Real_IP', 'x.real-ip', 'X-REAL~IP'])(
    'are the only ones that say who called, %s is not',
    (name) => {
      expect(said(stranger, name, '6.6.6.6')).toEqual({ lines: '', address: '203.0.113.9', client: '203.0.113.9' });
      expect(said(proxy, 'X-Forwarded-For', '7.7.7.7', name, '6.6.6.6')).toEqual({
        lines: '',
        address: '7.7.7.7, 10.0.0.1',
        client: '7.7.7.7',
      });
    },
  );

  test.each([
    ['X-Real-IP: 203.0.113.7', '203.0.113.7, 10.0.0.1', '203.0.113.7'],
    ['X-Real-IP: 6.6.6.6; X-Real-IP: 203.0.113.7', '203.0.113.7, 10.0.0.1', '203.0.113.7'],
    ['X-Real-IP: unknown', 'unknown, 10.0.0.1', '10.0.0.1'],
    ['X_Real_IP: 6.6.6.6', '10.0.0.1', '10.0.0.1'],
  ])('take X-Real-IP of a trusted proxy that sends no list for a list: %s', (headers, address, client) => {
    expect(said(proxy, ...headers.split(/: |; /))).toEqual({ lines: '', address, client });
  });
});

describe('who the user is, by which certificate, and which key was used', () => {
  const forged = [
    ...[
      'X-MS-CLIENT-PRINCIPAL',
      'x-ms-client-principal-name',
      'X_MS_CLIENT_PRINCIPAL',
      'x-ms_client-principal-id',
      'X-MS-Client-Principal-New',
    ],
    ...['X-ARR-ClientCert', 'x_arr_clientcert', 'X-ARR.ClientCert', 'x-arr-clientcert-chain'],
    ...['X-Functions-KeyId', 'x_functions_keyid', 'X-FUNCTIONS_KEYID'],
  ];

  test.each(forged)('is not for a caller to say in %s', (name) => {
    expect(passHeaders([name, 'x', 'X-Other', '1'], stranger).lines).toBe('X-Other: 1\r\n');
    expect(passHeaders([name, 'x'], proxy).lines).toBe('');
  });

  test("is a trusted proxy's to say of the user where portico.json says so, and of keys never", () => {
    const authenticator = { trusted: true, namesUser: true };
    const sent = ['X-MS-CLIENT-PRINCIPAL', 'x', 'X-ARR-ClientCert', 'MIIB', 'X-Functions-KeyId', 'y'];
    expect(passHeaders(sent, authenticator).lines).toBe('X-MS-CLIENT-PRINCIPAL: x\r\nX-ARR-ClientCert: MIIB\r\n');
  });

  test.each(['X-MS-CLIENT', 'X-ARR-LOG-ID', 'X-Real-IPs', 'x-functions-key', 'X-Functions-KeyId-2', 'X-Not-MS-CLIENT-PRINCIPAL'])(
    'does not take %s along',
    (name) => {
      expect(passHeaders([name, 'x'], stranger).lines).toBe(`${name}: x\r\n`);
    },
  );
});
