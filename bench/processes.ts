import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Launch = {
  readonly command: string;
  readonly args: readonly string[];
  /** Absent: wherever the kernel likes. */
  readonly core?: number;
  readonly env: NodeJS.ProcessEnv;
  /** Standard output and error go there: a person's access log goes to a file too, not into a pipe that we would have to read. */
  readonly logFile: string;
};

/** What was started and has not ended. */
const running = new Set<ChildProcess>();
let isEnding = false;

export function launch({ command, args, core, env, logFile }: Launch): ChildProcess {
  const log = openSync(logFile, 'a');
  // taskset replaces itself by the command, so the pid is the command's.
  const [file, ...rest] = core === undefined ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
  const child = noted(spawn(file as string, rest, { env, stdio: ['ignore', log, log] }));
  closeSync(log);
  return child;
}

/** Ends all that was started here, and lets nothing begin any more. */
export async function stopEverything(): Promise<void> {
  isEnding = true;
  await Promise.all([...running].map(stopProcess));
}

function noted(child: ChildProcess): ChildProcess {
  if (child.pid === undefined) return child;
  running.add(child);
  child.once('exit', () => running.delete(child));
  // Whoever was about to start it is not asked.
  if (isEnding) child.kill('SIGKILL');
  return child;
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const gone = await Promise.race([exited, sleep(5000, 'late' as const, { ref: false })]);
  if (gone === 'late') child.kill('SIGKILL');
  await exited;
}

/** Runs to the end and gives its standard output. */
export async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  noted(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${errors.trim() || output.trim()}`);
  return output;
}

export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves at the first 200. Tries every 2 ms: often enough to time a start, seldom enough not to slow it down. */
export async function firstOk(port: number, path: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (let last = 'nothing'; performance.now() < deadline; await sleep(2)) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
    last = await statusOf(port, path);
    if (last === '200') return;
    if (performance.now() + 2 >= deadline)
      throw new Error(`${path} never answered 200, last ${last}:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
  }
}

/** Resolves when the log says it as often as that. Looks every 2 ms. */
export async function untilSaid(
  wanted: RegExp,
  { count = 1, child, logFile }: { count?: number; child: ChildProcess; logFile: string },
): Promise<string[]> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const text = readFileSync(logFile, 'utf8');
    const found = text.match(new RegExp(wanted, `${wanted.flags}g`)) ?? [];
    if (found.length >= count) return found;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${text.slice(-2000)}`);
    if (performance.now() > deadline) throw new Error(`it never said ${wanted}:\n${text.slice(-2000)}`);
    await sleep(2);
  }
}

/** Rejects when the status is not 200. */
export async function textOf(port: number, path: string): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`);
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`${path} answered ${reply.status}: ${text.slice(0, 500)}`);
  return text;
}

function statusOf(port: number, path: string): Promise<string> {
  return new Promise((resolve) => {
    const request = http.get({ port, path, host: '127.0.0.1', agent: false }, (reply) => {
      reply.resume();
      resolve(String(reply.statusCode));
    });
    request.on('error', (error) => resolve(error.message));
  });
}
