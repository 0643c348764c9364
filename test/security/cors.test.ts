// Pages that try to read what is not meant for them.
import { describe, expect, test } from 'vitest';
import { ask, question } from '../http/support/ask.ts';
import { attackedApp, KEYS } from './support/attacked-app.ts';

const corsLines = async (port: number, line: string, headers: string[]): Promise<string[]> => {
  const { answers } = await ask(port, question(line, headers));
  return (answers[0]?.head ?? '').split('\r\n').filter((one) => /^access-control-/i.test(one));
};

const STRANGERS = [
  'null',
  'https://page.example.evil.example',
  'https://evil-page.example',
  'https://evilpage.example',
  'https://sub.page.example',
  'https://page.example:8443',
  'http://page.example',
  'https://page.example.',
  'https://page.example/',
  'https://page.example https://evil.example',
  'https://page.example,https://evil.example',
  'https://page%2eexample',
  'https://pageXexample',
  'file://',
  'https://',
  '*',
  '',
];

describe('a page that is not allowed', () => {
  test.each([['GET'], ['OPTIONS']])('may read nothing, by %s', async (method) => {
    await using app = await attackedApp({ cors: { origins: ['https://page.example'], credentials: true } });
    const preflight = method === 'OPTIONS' ? ['Access-Control-Request-Method: PUT', 'Access-Control-Request-Headers: x-functions-key'] : [];
    for (const origin of STRANGERS) {
      for (const path of ['/open/x', '/guarded/x', '/admin/host/status']) {
        expect(await corsLines(app.port, `${method} ${path}`, [`Origin: ${origin}`, ...preflight]), `${origin} ${path}`).toEqual([]);
      }
    }
    expect(await corsLines(app.port, `${method} /open/x`, ['Origin: https://page.example', ...preflight])).toContain(
      'Access-Control-Allow-Origin: https://page.example',
    );
  });

  test('gets no credentials where every page may read', async () => {
    await using app = await attackedApp({ cors: { origins: ['*'], credentials: true } });
    for (const origin of ['https://evil.example', 'null']) {
      expect(await corsLines(app.port, 'GET /open/x', [`Origin: ${origin}`])).toEqual(['Access-Control-Allow-Origin: *']);
    }
  });
});

test('a page that is allowed opens nothing without a key, and a preflight does nothing', async () => {
  await using app = await attackedApp({ cors: { origins: ['https://page.example'], credentials: true } });
  const origin = ['Origin: https://page.example'];
  for (const path of ['/guarded/x', '/admin/host/status', '/admin/host/keys']) {
    const { answers } = await ask(app.port, question(`GET ${path}`, [...origin, 'Cookie: code=the-master-key']));
    expect(answers[0]?.status, path).toBe(401);
  }
  const preflight = [...origin, 'Access-Control-Request-Method: POST', `X-Functions-Key: ${KEYS.master}`];
  const { answers } = await ask(app.port, question('OPTIONS /admin/host/drain', preflight));
  expect(answers[0]).toMatchObject({ status: 204, body: '' });
  const status = await ask(app.port, question('GET /admin/host/drain/status', [`X-Functions-Key: ${KEYS.master}`]));
  expect(JSON.parse(status.answers[0]?.body ?? '')).toMatchObject({ state: 'Disabled' });
  expect(await app.seen()).toEqual([]);
});
