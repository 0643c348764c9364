// Every example and sample app, started by the built command and called through it. What an app answers to is decided here by
// Portico and the app together; the public-ip example alone has more tests in examples-public-ip.test.ts.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildGo } from './support/build-go.ts';
import { needs } from './support/requirements.ts';
import { withPortico } from './support/with-portico.ts';

const PUBLIC_IP = fileURLToPath(new URL('../examples/public-ip', import.meta.url));
/** A cold build cache makes the first Go build slow. */
const GO_TIMEOUT_MS = 120_000;

describe('examples/public-ip', () => {
  test("prints the caller's address and believes no header of the caller's", () =>
    withPortico('examples/public-ip', async ({ url }) => {
      const reply = await fetch(`${url}/api/httptrigger`, { headers: { 'X-Forwarded-For': '6.6.6.6' } });
      expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(await reply.text()).toBe('127.0.0.1\n');
      const page = await fetch(`${url}/api/httptrigger`, { headers: { Accept: 'text/html' } });
      expect(await page.text()).toContain('<p class="address short">127.0.0.1</p>');
      expect((await fetch(`${url}/api/httptrigger`, { method: 'DELETE' })).status).toBe(405);
    }));

  test('prints the address that a trusted proxy names', () =>
    withPortico(publicIpWith({ trustedProxies: ['127.0.0.1'] }), async ({ url }) => {
      const reply = await fetch(`${url}/api/httptrigger`, { headers: { 'X-Forwarded-For': '6.6.6.6, 2001:DB8::7' } });
      expect(await reply.text()).toBe('2001:db8::7\n');
    }));

  test('prints the same when the host appends ports as Azure does', () =>
    withPortico(publicIpWith({ xffStyle: 'azure' }), async ({ url }) => {
      expect(await (await fetch(`${url}/api/httptrigger`)).text()).toBe('127.0.0.1\n');
    }));

  /** A copy with settings of the host beside it. */
  function publicIpWith(settings: object): string {
    const root = mkdtempSync(join(tmpdir(), 'portico-app-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    cpSync(PUBLIC_IP, root, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
    writeFileSync(join(root, 'portico.json'), JSON.stringify(settings));
    return root;
  }
});

describe.skipIf(needs('go'))('Go', () => {
  test('examples/public-ip-go passes its own tests and prints the address', { timeout: GO_TIMEOUT_MS }, async () => {
    await withPortico(await buildGo('examples/public-ip-go'), async ({ url }) => {
      const reply = await fetch(`${url}/api/httptrigger`, { headers: { 'X-Forwarded-For': '6.6.6.6' } });
      expect(await reply.text()).toBe('127.0.0.1\n');
      const json = await fetch(`${url}/api/httptrigger`, { headers: { Accept: 'application/json' } });
      expect(await json.json()).toEqual({ ip: '127.0.0.1', version: 4, source: 'x-forwarded-for' });
    });
  });

  test('classic-go gets GET and POST at its own name, by the old port variable', { timeout: GO_TIMEOUT_MS }, async () => {
    await withPortico(await buildGo('test/apps/classic-go'), async ({ url }) => {
      const get = await fetch(`${url}/api/httptrigger?name=x`);
      expect(get.headers.get('x-handler')).toBe('classic-go');
      expect(await get.text()).toBe('GET /httptrigger?name=x for 127.0.0.1: ""\n');
      const post = await fetch(`${url}/api/httptrigger`, { method: 'POST', body: 'some text' });
      expect(await post.text()).toBe('POST /httptrigger for 127.0.0.1: "some text"\n');
      expect((await fetch(`${url}/api/httptrigger`, { method: 'PUT' })).status).toBe(404);
    });
  });
});

describe('test/apps', () => {
  test.skipIf(needs('python'))('python answers a forwarded request and a payload in one app', () =>
    withPortico('test/apps/python', async ({ url, output }) => {
      expect(await (await fetch(`${url}/api/greet/B%C3%B6b`)).text()).toBe('Hello, Böb!\n');
      const total = await fetch(`${url}/api/total`, { method: 'POST', body: '[1, 2, 3.5]' });
      expect([total.status, await total.json()]).toEqual([200, { total: 6.5 }]);
      await expect.poll(output).toContain('added 3 numbers');
    }),
  );

  test.skipIf(needs('r'))('r answers a payload with httpuv', () =>
    withPortico('test/apps/r', async ({ url }) => {
      const reply = await fetch(`${url}/api/httptrigger?x=1,2,6`);
      expect(reply.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(await reply.text()).toBe('mean 3\n');
    }),
  );

  test('shell answers when the script becomes the server', () =>
    withPortico('test/apps/shell', async ({ url }) => {
      expect(await (await fetch(`${url}/api/hello?a=1`)).text()).toMatch(/^\d+ \/api\/hello\?a=1\n$/);
    }));

  test('shell leaves no server behind when the script stays in front of it', () =>
    withPortico(
      'test/apps/shell',
      async ({ url }) => expect(await (await fetch(`${url}/api/hello`)).text()).toMatch(/^\d+ \/api\/hello\n$/),
      { AzureFunctionsJobHost__customHandler__description__defaultExecutablePath: 'run-grandchild.sh' },
    ));

  test('typescript-payload answers through the kit, types and all', () =>
    withPortico('test/apps/typescript-payload', async ({ url, output }) => {
      const put = await fetch(`${url}/api/orders/42`, { method: 'PUT', body: 'two of them' });
      expect(put.status).toBe(201);
      expect(await put.json()).toEqual({
        id: '42',
        functionName: 'Order',
        invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        body: 'two of them',
      });
      await expect.poll(output).toContain('PUT of order 42');

      const shout = await fetch(`${url}/api/shout`, { method: 'POST', body: 'hello' });
      expect([shout.status, await shout.text()]).toEqual([200, 'HELLO!']);

      expect((await fetch(`${url}/api/orders/broken`)).status).toBe(500);
      await expect.poll(output).toContain('This order cannot be read.');
    }));
});
