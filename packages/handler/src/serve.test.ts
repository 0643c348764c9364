import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';

const PROGRAM = `
  import { serve } from ${JSON.stringify(new URL('./serve.ts', import.meta.url).href)};
  let finish;
  await serve({ routes: {
    '/slow': () => new Promise((resolve) => { finish = () => resolve({ body: 'finished' }); console.log('running'); }),
  } });
  console.log('listening');
  process.on('SIGTERM', () => finish?.());
`;

const running: ChildProcess[] = [];
afterEach(() => {
  for (const program of running.splice(0)) program.kill('SIGKILL');
});

function run(environment: Record<string, string>): ChildProcess {
  const program = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(program);
  return program;
}

async function freePort(): Promise<string> {
  await using server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

async function failureOf(environment: Record<string, string>): Promise<string> {
  const program = run(environment);
  const [errors, [exitCode]] = await Promise.all([text(program.stderr!), once(program, 'exit')]);
  expect(exitCode).toBe(1);
  return errors;
}

describe('serve', () => {
  test.each(['FUNCTIONS_CUSTOMHANDLER_PORT', 'FUNCTIONS_HTTPWORKER_PORT'])('listens on 127.0.0.1 at %s', async (variable) => {
    const port = await freePort();
    await once(run({ [variable]: port }).stdout!, 'data');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  test('prefers the new variable to the old one', async () => {
    const [port, other] = [await freePort(), await freePort()];
    await once(run({ FUNCTIONS_HTTPWORKER_PORT: other, FUNCTIONS_CUSTOMHANDLER_PORT: port }).stdout!, 'data');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  test('says what is missing without a port', async () => {
    expect(await failureOf({})).toContain('No port to listen on: FUNCTIONS_CUSTOMHANDLER_PORT is not set.');
  });

  test.each(['', 'http', '0', '65536', '80.5'])('refuses the port "%s"', async (port) => {
    expect(await failureOf({ FUNCTIONS_CUSTOMHANDLER_PORT: port })).toContain(
      `FUNCTIONS_CUSTOMHANDLER_PORT is "${port}", which is no port.`,
    );
  });

  test('finishes what runs on SIGTERM, although its connection is kept alive, then ends with code 0', async () => {
    const port = await freePort();
    const program = run({ FUNCTIONS_CUSTOMHANDLER_PORT: port });
    await once(program.stdout!, 'data');
    const reply = once(get({ host: '127.0.0.1', port, path: '/slow', agent: new Agent({ keepAlive: true }) }), 'response');
    await once(program.stdout!, 'data');
    const exit = once(program, 'exit');
    program.kill('SIGTERM');
    expect(await text((await reply)[0])).toBe('finished');
    expect(await exit).toEqual([0, null]);
  });
});
