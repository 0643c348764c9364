// A host on a developer's machine asks nobody for a key. A page in the developer's browser must not get to its admin API all the same:
// not by a name of its own that leads to 127.0.0.1 (DNS rebinding), and not by sending what it cannot read the answer of.
import { describe, expect, test } from 'vitest';
import { ask } from '../http/support/ask.ts';
import { type Attacked, attackedApp } from './support/attacked-app.ts';

type Request = { readonly line?: string; readonly host?: string; readonly headers?: readonly string[] };

async function statusOf(
  app: Attacked,
  { line = 'GET /admin/host/status', host = `127.0.0.1:${app.port}`, headers = [] }: Request,
): Promise<number | undefined> {
  const { answers } = await ask(app.port, `${[`${line} HTTP/1.1`, `Host: ${host}`, ...headers].join('\r\n')}\r\n\r\n`);
  return answers[0]?.status;
}

const local = (): Promise<Attacked> => attackedApp({ auth: false });

describe('a host without keys', () => {
  test('answers by the names of this machine', async () => {
    await using app = await local();
    for (const host of [
      'localhost',
      `localhost:${app.port}`,
      `127.0.0.1:${app.port}`,
      `[::1]:${app.port}`,
      `app.localhost:${app.port}`,
      `LOCALHOST:${app.port}`,
    ]) {
      expect(await statusOf(app, { host }), host).toBe(200);
    }
  });

  test('answers by no other name', async () => {
    await using app = await local();
    const hosts = [
      'evil.example',
      `evil.example:${app.port}`,
      '127.0.0.1.evil.example',
      '127.0.0.1.nip.io',
      'localhost.evil.example',
      'evillocalhost',
      'localhost.',
      'localhost.com',
      'localhost%2eevil.example',
      '10.0.0.1',
      '0.0.0.0',
      '[::]',
      '[::ffff:10.0.0.1]',
      '192.168.0.1',
      '',
    ];
    const passed: string[] = [];
    for (const host of hosts) if ((await statusOf(app, { host })) !== 403) passed.push(host);
    // The dot says that nothing follows: it is the same name.
    expect(passed).toEqual(['localhost.']);
    expect(await statusOf(app, { line: `GET http://evil.example/admin/host/status` })).toBe(403);
    expect(await statusOf(app, { line: `GET http://127.0.0.1/admin/host/status`, host: 'evil.example' })).toBe(403);
  });

  test('takes nothing from a page of another origin', async () => {
    await using app = await local();
    const strangers = [
      ['Origin: https://evil.example'],
      ['Origin: null'],
      ['Origin: http://127.0.0.1:1'],
      ['Origin: http://localhost'],
      [`Origin: https://127.0.0.1:${app.port}`],
      [`Origin: http://127.0.0.1:${app.port}.evil.example`],
      ['Origin: file://'],
      ['Origin: chrome-extension://abc'],
      ['Origin: '],
      ['Sec-Fetch-Site: cross-site'],
      ['Sec-Fetch-Site: same-site'],
    ];
    for (const headers of strangers) {
      for (const line of [
        'GET /admin/host/status',
        'GET /admin/host/keys',
        'GET /admin/functions',
        'GET /admin/vfs/',
        'POST /admin/host/drain',
        'POST /runtime/webhooks/demo',
      ]) {
        expect(await statusOf(app, { line, headers: [...headers, 'Content-Length: 0'] }), `${line} ${headers}`).toBe(403);
      }
    }
    expect(await statusOf(app, { line: 'GET /admin/host/drain/status' })).toBe(200);
    expect(await statusOf(app, { headers: [`Origin: http://127.0.0.1:${app.port}`, 'Sec-Fetch-Site: same-origin'] })).toBe(200);
  });

  test('is not opened by CORS for the page of a function', async () => {
    await using app = await attackedApp({ auth: false, cors: { origins: ['*', 'https://page.example'], credentials: true } });
    for (const origin of ['https://page.example', 'https://evil.example', 'null']) {
      expect(await statusOf(app, { headers: [`Origin: ${origin}`] }), origin).toBe(403);
      expect(await statusOf(app, { line: 'POST /admin/host/drain', headers: [`Origin: ${origin}`, 'Content-Length: 0'] }), origin).toBe(
        403,
      );
    }
  });
});
