// The example's own server, called as a host calls it: from loopback, with the X-Forwarded-For a host would set.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { negotiate } from '../examples/public-ip/src/negotiate.ts';
import { page } from '../examples/public-ip/src/page.ts';
import { freePort } from './support/free-port.ts';

const APP = fileURLToPath(new URL('../examples/public-ip', import.meta.url));

let server: ChildProcess;
let port: number;

beforeAll(async () => {
  port = await freePort();
  const { customHandler } = JSON.parse(readFileSync(join(APP, 'host.json'), 'utf8'));
  server = spawn(process.execPath, customHandler.description.arguments, {
    cwd: APP,
    env: { FUNCTIONS_CUSTOMHANDLER_PORT: String(port), TRUSTED_PROXIES: '10.0.0.0/8' },
    stdio: 'inherit',
  });
  await untilItAnswers();
});

afterAll(async () => {
  server.kill('SIGTERM');
  expect(await once(server, 'exit')).toEqual([0, null]);
});

/** As hosts find out: GET / again and again. */
async function untilItAnswers(): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`The server ended with code ${server.exitCode}.`);
    const answered = await call({ path: '/' }).then(
      () => true,
      () => false,
    );
    if (answered) return;
  }
}

type Answer = { status: number; headers: Record<string, unknown>; body: string };

/** node:http and not fetch, which invents an Accept header and hides its own address. */
async function call({ path = '/api/httptrigger', method = 'GET', headers = {} as Record<string, string | string[]> }): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  const [response] = await once(sent.end(), 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('the address', () => {
  test.each([
    ['203.0.113.7:51234', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7:51234', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]:51234', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['6.6.6.6, [2001:db8::7]:51234', '2001:db8::7'],
    ['203.0.113.7:51234, 10.0.0.4, [2001:db8::7]', '2001:db8::7'],
    ['6.6.6.6, 203.0.113.7, 10.0.0.4', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    [' 203.0.113.7', '203.0.113.7'],
    ['unknown', '127.0.0.1'],
    ['', '127.0.0.1'],
    ['_hidden', '127.0.0.1'],
    ['fe80::1%eth0', '127.0.0.1'],
    ['<script>alert(1)</script>', '127.0.0.1'],
    ['010.0.0.1', '127.0.0.1'],
  ])('for X-Forwarded-For "%s" is %s and a newline', async (forwardedFor, address) => {
    const { status, headers, body } = await call({ headers: { 'X-Forwarded-For': forwardedFor } });
    expect({ status, body }).toEqual({ status: 200, body: `${address}\n` });
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
    });
  });

  test('comes from the last line of several', async () => {
    const { body } = await call({ headers: { 'X-Forwarded-For': ['6.6.6.6', '203.0.113.7'] } });
    expect(body).toBe('203.0.113.7\n');
  });

  test('is the peer without the header, whatever else a caller claims', async () => {
    const { body } = await call({
      headers: { 'X-Real-IP': '6.6.6.6', Forwarded: 'for=6.6.6.6', 'X-Azure-ClientIP': '6.6.6.6', Host: 'evil' },
    });
    expect(body).toBe('127.0.0.1\n');
  });
});

describe('the form', () => {
  const forwarded = { 'X-Forwarded-For': '2001:DB8::7' };

  test('is JSON by Accept and by ?format=json', async () => {
    const expected = '{"ip":"2001:db8::7","version":6,"source":"x-forwarded-for"}\n';
    const byAccept = await call({ headers: { ...forwarded, Accept: 'application/json' } });
    expect(byAccept).toMatchObject({ body: expected, headers: { 'content-type': 'application/json', vary: 'Accept' } });
    const byQuery = await call({ path: '/api/httptrigger?format=json', headers: { ...forwarded, Accept: 'text/html' } });
    expect(byQuery.body).toBe(expected);
  });

  test('ignores a format it does not have', async () => {
    for (const format of ['xml', '', 'toString', '__proto__']) {
      expect((await call({ path: `/api/httptrigger?format=${format}` })).body).toBe('127.0.0.1\n');
    }
  });

  test('is a page for browsers, with a policy that forbids every request', async () => {
    const { headers, body } = await call({
      headers: { ...forwarded, Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
    });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src data:;/,
    );
    expect(body).toContain('<p class="address short">2001:db8::7</p>');
    expect(body).toContain('<dd>IPv6</dd>');
    expect(body).not.toMatch(/(?:src|href)="(?!data:)/);
  });

  test('never repeats what a caller sent', async () => {
    const marker = 'MARK7';
    const headers = {
      'X-Forwarded-For': marker,
      Accept: `text/html, ${marker}/*`,
      Host: `${marker}.example`,
      'User-Agent': marker,
      'X-Marker': marker,
    };
    const { headers: answered, body } = await call({ path: `/api/httptrigger?format=${marker}&${marker}`, headers });
    expect(JSON.stringify(answered) + body).not.toContain(marker);
  });
});

describe('methods', () => {
  test('HEAD has the headers of GET and no body', async () => {
    const { status, headers, body } = await call({ method: 'HEAD' });
    expect([status, headers['content-length'], headers['content-type'], body]).toEqual([200, '10', 'text/plain; charset=utf-8', '']);
  });

  test('POST is answered like GET', async () => {
    expect((await call({ method: 'POST' })).body).toBe('127.0.0.1\n');
  });

  test('OPTIONS says what is allowed, to other origins too', async () => {
    const { status, headers } = await call({
      method: 'OPTIONS',
      headers: { Origin: 'https://example.com', 'Access-Control-Request-Method': 'GET' },
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      allow: 'GET, HEAD, POST, OPTIONS',
      'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
      'access-control-allow-origin': '*',
    });
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'PURGE'])('%s is 405 and told what is allowed', async (method) => {
    const { status, headers } = await call({ method });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
  });

  test('another path is 404: a favicon is no visit', async () => {
    expect((await call({ path: '/favicon.ico' })).status).toBe(404);
  });
});

describe('negotiate', () => {
  test.each([
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['application/json, text/plain;q=0.5', 'json'],
    ['application/json;q=0.5, text/plain', 'text'],
    ['text/*, application/json;q=0.9', 'text'],
    ['text/html, application/json', 'html'],
    ['text/html;q=0, */*', 'text'],
    ['text/plain;q=0, text/*', 'html'],
    ['*/*;q=0.1, text/html ; q=0.2', 'html'],
    ['application/json;q=2', 'text'],
    ['application/json;q=much, text/html;q=0.001', 'html'],
    ['image/png', 'text'],
    ['*/*;q=0', 'text'],
    [',;,/', 'text'],
  ])('takes "%s" for %s', (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });
});

describe('page', () => {
  test('escapes what it shows, even if the address were none', () => {
    const html = page({ address: `<img src=x onerror="alert('1')">&`, version: 4, source: 'socket' });
    expect(html).not.toContain('<img');
    expect(html).toContain('&#60;img src=x onerror=&#34;alert(&#39;1&#39;)&#34;&#62;&#38;');
  });

  test.each([
    ['127.0.0.1', 4, 'Your address', 'IPv4, loopback: you and this function share a machine'],
    ['192.168.1.7', 4, 'Your address', 'IPv4, private: valid in your own network only'],
    ['fd00::7', 6, 'Your address', 'IPv6, private: valid in your own network only'],
    ['203.0.113.7', 4, 'Your public address', '<dd>IPv4</dd>'],
  ] as const)('says of %s where it is valid', (address, version, title, kind) => {
    const html = page({ address, version, source: 'x-forwarded-for' });
    expect(html).toContain(`${title}</h1>`);
    expect(html).toContain(kind);
  });

  test('gives a long address smaller letters', () => {
    expect(page({ address: '2001:db8:1234:5678:9abc:def0:1234:5678', version: 6, source: 'socket' })).toContain('class="address long"');
  });
});
