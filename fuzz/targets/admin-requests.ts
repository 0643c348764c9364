// Requests below /admin and /runtime to a real host that asks for keys: without the right key nothing opens, and with it nothing leads out of the app.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createHost } from '../../packages/portico/src/index.ts';
import { readAnswers } from '../../test/http/support/answer-reader.ts';
import { hostJson, httpFunction, writeApp } from '../../test/support/app-folder.ts';
import { talk } from '../talk.ts';
import { insist, type Target } from '../target.ts';
import { changed, JSON_SIGNS, soup } from '../text.ts';

const KEYS = { master: 'the-master-key', host: 'a-host-key', system: 'a-system-key', none: '', wrong: 'no-key' } as const;
/** In files that nobody is shown: one outside of the app, one with settings. */
const OUTSIDE = 'what-is-outside';
const SETTING = 'what-a-setting-says';

const PATHS = [
  '/admin/host/ping',
  '/admin/host/status',
  '/admin/host/processes',
  '/admin/host/config',
  '/admin/host/log',
  '/admin/host/keys/default',
  '/admin/host/systemkeys',
  '/admin/host/extensionBundle/v1/templates',
  '/admin/functions',
  '/admin/functions/download?includeCsproj=true',
  '/admin/functions/Hello',
  '/admin/functions/New',
  '/admin/functions/Hello/keys/default',
  '/admin/functions/Hello/status',
  '/admin/warmup',
  '/admin/vfs/',
  '/admin/vfs/host.json',
  '/admin/vfs/Hello/../local.settings.json',
  '/admin/vfs/way-out/outside.txt',
  '/admin/vfs/.portico/keys.json',
  '/admin/zip/Hello',
  '/admin/zip/',
  '/runtime/webhooks/blobs?functionName=Hello',
  '/runtime/health/ready?expand=true',
];
const PATH_SCRAPS = [
  '/',
  '//',
  '..',
  '/../',
  '%2e%2e',
  '%2f',
  '%5c',
  '\\',
  '%00',
  '%',
  '?',
  '&',
  'code=',
  'ADMIN',
  '.',
  ';',
  'Hello',
  '%C3%A9',
  '~',
];
const BODIES = [
  '',
  '{}',
  '{"config":{"bindings":[{"type":"httpTrigger","direction":"in","name":"req"},{"type":"http","direction":"out","name":"res"}]}}',
  '{"name":"default","value":"another-key"}',
  '[{"level":3,"message":"hello","source":"here","functionName":"Hello"}]',
  '{"input":"x"}',
  '"running"',
];
const BODY_SCRAPS = [...JSON_SIGNS, 'null', '"files":{"../x":"y"}', '"__proto__":{}', '\\u0000', '\0', '\ud800', '1e999', '[['.repeat(200)];
const TYPES = ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/zip', ''];

const inputs = fc.record({
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
  path: fc
    .oneof(
      { weight: 6, arbitrary: changed(fc.constantFrom(...PATHS), PATH_SCRAPS) },
      { weight: 1, arbitrary: soup(PATH_SCRAPS).map((text) => `/admin/${text}`) },
    )
    .map((text) => text.replaceAll(/[^\x21-\x7e\x80-\xff]/g, '')),
  body: changed(fc.constantFrom(...BODIES), BODY_SCRAPS),
  type: fc.constantFrom(...TYPES),
  key: fc.constantFrom(...(Object.keys(KEYS) as (keyof typeof KEYS)[])),
});
type Input = typeof inputs extends fc.Arbitrary<infer One> ? One : never;

export const adminRequests: Target<Input> = { name: 'admin-requests', inputs, countInTests: 300, open };

const HANDLER = `require('node:http').createServer((_, response) => response.end('{}')).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');`;
const HELLO = httpFunction({ authLevel: 'function' });

async function open() {
  const home = mkdtempSync(join(tmpdir(), 'portico-fuzz-'));
  const root = join(home, 'app');
  const key = (name: string): object => ({ name, value: KEYS[name as 'master'] });
  writeApp(home, { 'outside.txt': OUTSIDE });
  writeApp(root, {
    'host.json': hostJson({}, { description: { defaultExecutablePath: process.execPath, arguments: ['handler.cjs'] } }),
    'handler.cjs': HANDLER,
    'local.settings.json': { Values: { A: SETTING } },
    'Hello/function.json': HELLO,
    '.portico/keys.json': {
      version: 1,
      host: { master: key('master'), functionKeys: [key('host')], systemKeys: [{ name: 'blobs_extension', value: KEYS.system }] },
      functions: {},
    },
  });
  symlinkSync('..', join(root, 'way-out'));
  const host = createHost({ root, port: 0, auth: true, environment: { PATH: process.env['PATH'] } });
  await host.start();
  await host.ready;
  return {
    async check(input: Input): Promise<void> {
      await check(Number(new URL(host.url).port), input);
      const hostFile = readFileSync(join(root, 'host.json'), 'utf8');
      insist(hostFile.includes('handler.cjs'), 'the host’s own files stay as they are', () => hostFile);
      insist(readdirSync(home).sort().join() === 'app,outside.txt', 'nothing is made outside of the app', () => readdirSync(home).join());
      const strange = readdirSync(root).find((name) => !/^[a-z][\w-]*$/i.test(name) && !KNOWN.includes(name));
      insist(strange === undefined, 'what is made in the app has the name of a function', () => strange ?? '');
      if (!existsSync(join(root, 'Hello/function.json'))) writeApp(root, { 'Hello/function.json': HELLO });
    },
    async [Symbol.asyncDispose]() {
      await host.stop();
      rmSync(home, { recursive: true });
    },
  };
}

const KNOWN = ['host.json', 'handler.cjs', 'local.settings.json', '.portico', 'way-out'];

async function check(port: number, { method, path, body, type, key }: Input): Promise<void> {
  // What takes the app away would make the rest of the run one of another app; and where Azure's host answers 500, so does this one.
  const isMasters = key === 'master' && !/restart|drain|resume|state|synctriggers/i.test(decoded(path));
  const sent = isMasters || key !== 'master' ? KEYS[key] : KEYS.wrong;
  const bytes = Buffer.from(body).toString('latin1');
  const headers = [
    'Host: 127.0.0.1',
    ...(sent === '' ? [] : [`X-Functions-Key: ${sent}`]),
    ...(type === '' ? [] : [`Content-Type: ${type}`]),
    `Content-Length: ${bytes.length}`,
  ];
  const { text, endedBy } = await talk(port, [`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${bytes}`], [method]);
  const detail = (): string => JSON.stringify({ answered: text, endedBy });
  insist(endedBy !== 'nobody', 'a caller is not left waiting', detail);
  const { answers, rest } = readAnswers(text, [method], true);
  const final = answers.find(({ status }) => status >= 200);
  insist(final?.complete === true && rest === '', 'there is one whole answer', detail);
  insist(final.status < 500 || final.status === 503, 'no request is a fault of the host', detail);
  insist(!text.includes(OUTSIDE) && !text.includes(SETTING), 'nobody is shown what is outside, or a setting', detail);
  if (isMasters) return;
  const read = URL.parse(`http://app.example${path}`)?.pathname ?? path;
  const isOpen = /^\/+admin\/+host\/+ping|^\/+runtime\/+health/i.test(read) || !/admin|runtime/i.test(decoded(read));
  insist(isOpen || final.status >= 300 || key === 'system', 'without the right key nothing opens', detail);
  insist(!Object.values(KEYS).some((value) => value !== '' && value !== sent && text.includes(value)), 'nobody is told a key', detail);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
