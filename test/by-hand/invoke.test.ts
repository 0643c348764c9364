// `portico invoke` and a real host: functions that no request triggers, and reloads while it watches.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Program } from '../../packages/portico/src/cli/program.ts';
import { runPortico } from '../../packages/portico/src/cli/run-portico.ts';
import { systemClock } from '../../packages/portico/src/platform/system-clock.ts';
import { createFakeProgram, type FakeProgram } from '../support/fake-program.ts';
import { type RunningHost, runningHost } from '../support/running-host.ts';
import { hostJson, httpFunction, type TemporaryApp, temporaryApp } from '../support/temporary-app.ts';
import { until } from '../support/until.ts';

/** Fails when it is told to; else it returns what it got, and which generation it is. */
const HANDLER = `
const { createServer } = require('node:http');
createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => { body += chunk; }).on('end', () => {
    if (body.includes('fail')) response.statusCode = 500;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ ReturnValue: null, Logs: ['generation ' + GENERATION + ' got ' + body] }));
  });
}).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
`;

const files = (generation = 1) => ({
  'host.json': hostJson({ enableForwardingHttpRequest: false }),
  'handler.cjs': HANDLER.replace('GENERATION', String(generation)),
  'manual/function.json': { bindings: [{ type: 'manualTrigger', direction: 'in', name: 'item' }] },
  'off/function.json': { bindings: [{ type: 'manualTrigger', direction: 'in', name: 'item' }] },
  'tick/function.json': { bindings: [{ type: 'timerTrigger', direction: 'in', name: 'timer', schedule: '0 0 0 1 1 *' }] },
  // Disabled, so that nothing listens and no storage is asked.
  'orders/function.json': { bindings: [{ type: 'queueTrigger', direction: 'in', name: 'order', queueName: 'Orders' }] },
  'broken/function.json': { bindings: [{ type: 'manualTrigger', direction: 'sideways', name: 'item' }] },
  'Hello/function.json': httpFunction(),
  'Asleep/function.json': httpFunction(),
  'local.settings.json': {
    IsEncrypted: false,
    Values: { 'AzureWebJobs.off.Disabled': 'true', 'AzureWebJobs.orders.Disabled': 'true', 'AzureWebJobs.Asleep.Disabled': '1' },
  },
});

function begin({ root }: TemporaryApp, { url }: RunningHost, ...words: string[]) {
  const clock = systemClock as Program['clock'] as FakeProgram['clock'];
  const program = createFakeProgram({ argv: ['invoke', ...words, '--url', url], workingDirectory: root, clock });
  return { program, exitCode: runPortico(program) };
}

const saidByHandler = ({ records }: RunningHost) => records.flatMap(({ message }) => (message.startsWith('generation') ? [message] : []));

test.each([
  [['manual'], 0, /^✓ manual [\d.]+ ms #[0-9a-f]{4}$/],
  [['MANUAL', '--data', 'hi'], 0, /^✓ manual /],
  [['off'], 0, /^✓ off /],
  [['tick'], 0, /^✓ tick /],
  [['orders', '--data', '{"id":1}'], 0, /^✓ orders /],
  [['manual', '--data', 'fail'], 1, /^✗ manual [\d.]+ ms #[0-9a-f]{4}\n {2}\S/],
  [['Hello'], 0, /^✓ Hello 204 /],
  [['Asleep'], 1, /^portico: The function "Asleep" is disabled by AzureWebJobs\.Asleep\.Disabled in local\.settings\.json:\d+, and /],
  [['broken'], 1, /^portico: The function "broken" cannot run: /],
  [['nosuch'], 2, /^portico: The host at \S+ has no function "nosuch"\.\n {2}→ It has Asleep, Hello, manual, off, orders, tick\.\n$/],
])('%j ends with %i and says so', async (words, code, said) => {
  using app = temporaryApp(files());
  await using host = await runningHost(app);
  const { program, exitCode } = begin(app, host, ...words);
  expect(await exitCode).toBe(code);
  expect(program.stdout.lines.join('\n') + program.stderr.lines.map((line) => `${line}\n`).join('')).toMatch(said);
});

test('an HTTP function that is disabled runs for the master key', async () => {
  using app = temporaryApp(files());
  await using host = await runningHost(app, { auth: true });
  const { program, exitCode } = begin(app, host, 'asleep');
  expect(await exitCode).toBe(0);
  expect(program.stdout.lines).toEqual([expect.stringMatching(/^✓ Asleep 204 /)]);
});

test('an input arrives as it was given', async () => {
  using app = temporaryApp(files());
  await using host = await runningHost(app);
  expect(await begin(app, host, 'manual', '--data', 'two words').exitCode).toBe(0);
  expect(saidByHandler(host)).toEqual([expect.stringContaining('two words')]);
});

test('the list of functions says what each waits for', async () => {
  using app = temporaryApp(files());
  await using host = await runningHost(app);
  const sources = host.functions().map(({ name, url, source }) => [name, url?.replace(host.url, '') ?? source]);
  expect(sources).toEqual([
    ['Asleep', '/api/Asleep'],
    ['Hello', '/api/Hello'],
    ['manual', undefined],
    ['off', undefined],
    ['orders', 'queue orders'],
    ['tick', '0 0 0 1 1 *'],
    ['broken', undefined],
  ]);
});

test('--watch runs the new handler after every change, never the old one', async () => {
  using app = temporaryApp(files());
  await using host = await runningHost(app, { watch: true });
  await host.ready;
  const { program, exitCode } = begin(app, host, 'manual', '--watch');
  for (const generation of [1, 2, 3]) {
    if (generation > 1) app.write('handler.cjs', HANDLER.replace('GENERATION', String(generation)));
    await vi.waitFor(() => expect(saidByHandler(host)).toHaveLength(generation), 10_000);
    expect(saidByHandler(host).at(-1)).toMatch(`generation ${generation} `);
    // Until it watches, or watches again.
    await vi.waitFor(() => expect(host.requests.at(-1)?.target).toBe('/admin/host/status?expand=true'), 5000);
  }
  program.send('SIGINT');
  expect(await exitCode).toBe(0);
});

test('as a program of its own it goes on watching until it is told to end', async () => {
  using app = temporaryApp(files());
  await using host = await runningHost(app, { watch: true });
  const portico = fileURLToPath(new URL('../../packages/portico/bin/portico.cjs', import.meta.url));
  const child = spawn(process.execPath, [portico, 'invoke', 'manual', '--watch', '--url', host.url, '--app', app.root]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  const runs = (): number => printed.split('✓ manual').length - 1;
  await until(() => runs() === 1);
  // Reads the folder before it watches it; what it sees then is no news.
  await new Promise((resolve) => setTimeout(resolve, 500));
  app.write('handler.cjs', HANDLER.replace('GENERATION', '2'));
  await until(() => runs() === 2 || child.exitCode !== null);
  expect([child.exitCode, runs()]).toEqual([null, 2]);
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});
