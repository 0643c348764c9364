// How long the handler takes to start when nobody is in between: what an outage after a crash is compared with.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyHandler } from './app.ts';
import { median } from './figures.ts';
import { plainEnvironment } from './host-process.ts';
import { pause } from './wait.ts';

const START_COUNT = 7;
const POLL_MS = 1;

/** Median of a few starts, from the spawn to the first answer. */
export async function measureBareStart(signal: AbortSignal): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-chaos-'));
  try {
    copyHandler(folder);
    const timesMs: number[] = [];
    for (let count = 0; count < START_COUNT; count += 1) timesMs.push(await startOnce(folder, signal));
    return median(timesMs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function startOnce(folder: string, signal: AbortSignal): Promise<number> {
  const port = await freePort();
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['handler.cjs'], {
    cwd: folder,
    env: { ...plainEnvironment(), FUNCTIONS_CUSTOMHANDLER_PORT: String(port) },
    stdio: 'ignore',
  });
  try {
    while (!(await answers(port))) await pause(POLL_MS, signal);
    return performance.now() - startedMs;
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
