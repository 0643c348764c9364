import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { HandlerConfig } from '../packages/portico/src/core/function-app.ts';
import type { LogRecord } from '../packages/portico/src/core/log.ts';
import { type Machine, thisMachine } from '../packages/portico/src/platform/machine.ts';
import { addressesOfPort } from '../packages/portico/src/platform/ports.ts';
import { FakeClock } from '../packages/portico/src/testing/fake-clock.ts';
import { createWorkerProcess, type WorkerProcess } from '../packages/portico/src/worker/process.ts';
import type { WorkerState } from '../packages/portico/src/worker/process-state.ts';
import { handlerConfig } from './support/handler-config.ts';

const linux: Machine = { platform: 'linux', arch: 'x64', runsForeign: () => false };
const started: WorkerProcess[] = [];
const folders: string[] = [];

type Overrides = Partial<HandlerConfig> & { files?: Record<string, Buffer>; machine?: Machine };

/** Starts the handler of test/apps/broken-handler-NAME; with `files` (executable ones), of a copy to which they were added. */
function start(name: string, { files, machine = thisMachine, ...overrides }: Overrides = {}) {
  const app = fileURLToPath(new URL(`apps/broken-handler-${name}`, import.meta.url));
  const root = files === undefined ? app : copyOf(app, files);
  const { description } = JSON.parse(readFileSync(join(root, 'host.json'), 'utf8')).customHandler;
  const handler = handlerConfig({
    executablePath: description.defaultExecutablePath,
    arguments: description.arguments ?? [],
    workingDirectory: description.workingDirectory,
    initializationTimeoutMs: 3000,
    ...overrides,
  });
  const PATH = process.env.PATH ?? '';
  const clock = new FakeClock();
  const records: LogRecord[] = [];
  const observer = { log: (record: LogRecord) => void records.push(record) };
  const random = { fraction: () => 0.5, uuid: () => '00000000-0000-4000-8000-000000000000' };
  const worker = createWorkerProcess({ handler, root, environment: { PATH }, machine, clock, observer, random });
  started.push(worker);
  worker.start();

  const lines = (): string[] => records.filter(({ category }) => category === 'Host.Function.Console').map(({ message }) => message);
  return {
    worker,
    root,
    clock,
    lines,
    becomes: (state: WorkerState) =>
      waitFor(async () => {
        await clock.advance(worker.state === state ? 0 : 1);
        return worker.state === state;
      }),
    /** Waits, a bit of time passing, for a line that was printed so often. */
    printed: (text: string | RegExp, times = 1) =>
      waitFor(async () => {
        await clock.advance(1);
        return lines().filter((line) => line.match(text)).length >= times;
      }),
    listens: () => waitFor(async () => (await addressesOfPort(worker.port ?? 0))?.length),
    /** The first record with that code, as one text without what differs from run to run. */
    async problem(code: string): Promise<string> {
      await waitFor(() => records.some((record) => record.code === code));
      const { level, message, hint } = records.find((record) => record.code === code)!;
      return `${level}: ${message}\n${hint}`
        .replaceAll(root, '<app>')
        .replaceAll(/\b\d{5}\b/g, '<port>')
        .replaceAll(/\b\d+ ms/g, '<n> ms');
    },
  };
}

function waitFor(condition: () => unknown): Promise<void> {
  return vi.waitFor(async () => expect(await condition()).toBeTruthy(), { timeout: 20_000, interval: 10 });
}

function copyOf(app: string, files: Record<string, Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'portico-broken-'));
  folders.push(folder);
  cpSync(app, folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes, { mode: 0o755 });
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
}

/** The header of an ELF program for the given processor. */
function elf(machineCode: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01', 'latin1');
  header.writeUInt16LE(machineCode, 18);
  return header;
}

describe.runIf(process.platform === 'linux')('a broken handler', () => {
  afterEach(async () => {
    await Promise.all(started.splice(0).map((worker) => worker.stop(0)));
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  describe('that cannot be started', () => {
    test('is missing', async () => {
      expect(await start('missing').problem('WORKER_PROGRAM_MISSING')).toMatchInlineSnapshot(`
        "error: The handler "./nosuch" was not found. Tried: <app>/nosuch.
        Build it, or correct customHandler.description.defaultExecutablePath in host.json, which is relative to the app root. On Azure: "Failed to start Worker Channel. Process fileName: ./nosuch", "No such file or directory"."
      `);
    });

    test('is named as on Windows', async () => {
      expect(await start('exe').problem('WORKER_PROGRAM_MISSING')).toMatchInlineSnapshot(`
        "error: The handler "handler.exe" was not found. Tried: <app>/handler.exe, the folders of PATH.
        There is "handler": a program has no .exe here. Correct customHandler.description.defaultExecutablePath in host.json, which is relative to the app root. On Azure: "Failed to start Worker Channel. Process fileName: handler.exe", "No such file or directory"."
      `);
    });

    test('is a program under another name', async () => {
      const handler = start('missing', { executablePath: 'handlers', files: { handler: elf(62) } });
      expect(await handler.problem('WORKER_PROGRAM_MISSING')).toMatchInlineSnapshot(`
        "error: The handler "handlers" was not found. Tried: <app>/handlers, the folders of PATH.
        Did you mean "handler"? Correct customHandler.description.defaultExecutablePath in host.json, which is relative to the app root. On Azure: "Failed to start Worker Channel. Process fileName: handlers", "No such file or directory"."
      `);
    });

    test('has no working directory', async () => {
      expect(await start('directory').problem('WORKER_DIRECTORY_MISSING')).toMatchInlineSnapshot(`
        "error: The working directory of the handler, <app>/nowhere, does not exist.
        Create it, or correct customHandler.description.workingDirectory in host.json. On Azure: "No such file or directory"."
      `);
    });

    test('is not executable', async () => {
      expect(await start('not-executable').problem('WORKER_PROGRAM_NOT_EXECUTABLE')).toMatchInlineSnapshot(`
        "error: <app>/run.sh is not marked as executable: its mode is 0644.
        chmod +x <app>/run.sh (and in Git: git update-index --chmod=+x). On Azure: "Permission denied"."
      `);
    });

    test('has the line ends of Windows', async () => {
      expect(await start('line-ends').problem('WORKER_SCRIPT_LINE_ENDS')).toMatchInlineSnapshot(`
        "error: The first line of <app>/run.sh ends in "\\r\\n", as on Windows, so the system looks for an interpreter called "/bin/sh\\r".
        sed -i 's/\\r$//' <app>/run.sh (and in .gitattributes: *.sh text eol=lf). On Azure: "No such file or directory", "bad interpreter"."
      `);
    });

    test('asks for an interpreter that is not there', async () => {
      expect(await start('interpreter').problem('WORKER_INTERPRETER_MISSING')).toMatchInlineSnapshot(`
        "error: <app>/handler.lisp begins with "#!/usr/bin/env no-such-lisp", but there is no "no-such-lisp" on PATH.
        Install no-such-lisp. On Azure: "No such file or directory"."
      `);
    });

    test('does not say what runs it', async () => {
      expect(await start('first-line').problem('WORKER_PROGRAM_UNKNOWN')).toMatchInlineSnapshot(`
        "error: <app>/run.sh is neither a program nor a script: it has no "#!" line.
        Let its first line name its interpreter, such as #!/bin/sh. On Azure: "Exec format error"."
      `);
    });

    test('was built for Windows', async () => {
      const bytes = Buffer.alloc(256);
      bytes.write('MZ');
      bytes.writeUInt32LE(128, 0x3c);
      bytes.write('PE\0\0d\x86', 128, 'latin1');
      const handler = start('missing', { machine: linux, executablePath: 'server.exe', files: { 'server.exe': bytes } });
      expect(await handler.problem('WORKER_PROGRAM_FOREIGN')).toMatchInlineSnapshot(`
        "error: <app>/server.exe is a Windows program for x64; this machine is linux/x64.
        Build it for this machine; in Go: GOOS=linux GOARCH=amd64 go build. On Azure: "Exec format error"."
      `);
    });

    test('was built for another processor', async () => {
      const handler = start('missing', { machine: linux, executablePath: 'server', files: { server: elf(183) } });
      expect(await handler.problem('WORKER_PROGRAM_FOREIGN')).toMatchInlineSnapshot(`
        "error: <app>/server is a Linux program for arm64; this machine is linux/x64.
        Build it for this machine; in Go: GOOS=linux GOARCH=amd64 go build. On Azure: "Exec format error"."
      `);
    });

    test('was built for another C library', async () => {
      const program = Buffer.alloc(256);
      elf(62).copy(program);
      program.writeUInt32LE(64, 32);
      program.writeUInt16LE(56, 54);
      program.writeUInt16LE(1, 56);
      program.writeUInt32LE(3, 64);
      program.writeUInt32LE(160, 72);
      program.writeUInt32LE(32, 96);
      program.write('/lib/ld-musl-nowhere.so.1', 160);
      const handler = start('missing', { machine: linux, executablePath: 'server', files: { server: program } });
      expect(await handler.problem('WORKER_LOADER_MISSING')).toMatchInlineSnapshot(`
        "error: <app>/server needs /lib/ld-musl-nowhere.so.1, which this machine does not have: it was built for a system with musl, such as Alpine.
        Build it on this system, or without a loader; in Go: CGO_ENABLED=0 go build. On Azure: "No such file or directory"."
      `);
    });

    test('has no outlook, and starts when it was mended', async () => {
      const { worker, root, becomes } = start('not-executable', { files: {} });
      await becomes('failed');
      expect(worker).toMatchObject({ outlook: 'never', trouble: { code: 'WORKER_PROGRAM_NOT_EXECUTABLE' } });
      chmodSync(join(root, 'run.sh'), 0o755);
      worker.retry();
      await becomes('ready');
      expect(worker.trouble).toBeUndefined();
    });
  });

  describe('that ends', () => {
    test('does so with exit code 0', async () => {
      expect(await start('exit-0').problem('WORKER_EXITED')).toMatchInlineSnapshot(`
        "error: The handler "node handler.mjs" exited with code 0 after <n> ms, before it answered on 127.0.0.1:<port>.
        Working directory: <app>
        Its last output:
          done with everything
        A handler has to go on running; one that was sent to the background has to stay in front ("exec" in a shell script). On Azure an exit with code 0 goes unnoticed, and every call fails from then on."
      `);
    });

    test('does so with exit code 1', async () => {
      expect(await start('exit-1').problem('WORKER_EXITED')).toMatchInlineSnapshot(`
        "error: The handler "node handler.mjs" exited with code 1 after <n> ms, before it answered on 127.0.0.1:<port>.
        Working directory: <app>
        Its last output:
          connecting
          no database at db
          giving up
        Its output should tell why. On Azure: "Language Worker Process exited."; the third time within half an hour the whole host ends: "Exceeded http worker restart retry count. Shutting down Functions Host"."
      `);
    });

    test('does so by a signal', async () => {
      expect(await start('killed').problem('WORKER_EXITED')).toMatchInlineSnapshot(`
        "error: The handler "node handler.mjs" was ended by SIGKILL after <n> ms, before it answered on 127.0.0.1:<port>.
        Working directory: <app>
        It printed nothing.
        SIGKILL comes from outside: often from a system without memory (dmesg tells), else from kill -9. On Azure: "Language Worker Process exited."; the third time within half an hour the whole host ends: "Exceeded http worker restart retry count. Shutting down Functions Host"."
      `);
    });

    test('does so because its script is missing', async () => {
      const problem = await start('script').problem('WORKER_EXITED');
      expect(problem.replace(/ {2}.*\n/g, '').replace(/Node\.js v\S+/, '<node>')).toMatchInlineSnapshot(`
        "error: The handler "node handler.js" exited with code 1 after <n> ms, before it answered on 127.0.0.1:<port>.
        Working directory: <app>
        Its last output:
        There is no "handler.js" in <app>; did you mean "handler.mjs"? On Azure: "Language Worker Process exited."; the third time within half an hour the whole host ends: "Exceeded http worker restart retry count. Shutting down Functions Host"."
      `);
    });

    test('does so but leaves its server in the background', async () => {
      expect(await start('background').problem('WORKER_EXITED')).toMatchInlineSnapshot(`
        "error: The handler "run.sh" exited with code 0 after <n> ms, before it answered on 127.0.0.1:<port>.
        Working directory: <app>
        Its last output:
          started in the background
        A handler has to go on running; one that was sent to the background has to stay in front ("exec" in a shell script). On Azure an exit with code 0 goes unnoticed, and every call fails from then on."
      `);
    });
  });

  describe('that does not answer', () => {
    test('listens elsewhere', async () => {
      const { clock, printed, problem } = start('elsewhere');
      await printed('listening');
      await clock.advance(2000);
      expect(await problem('WORKER_NOT_READY_YET')).toMatchInlineSnapshot(`
        "warning: The handler "node handler.mjs" has not answered on http://127.0.0.1:<port> for <n> ms. It listens on :<port>, expected 127.0.0.1:<port>.
        Listen on 127.0.0.1 and the port in the environment variable FUNCTIONS_CUSTOMHANDLER_PORT (in capitals), or set customHandler.port to <port> in host.json. On Azure: "Waiting for HttpWorker to be initialized. Request to: http://127.0.0.1:<port>"."
      `);
      await clock.advance(1000);
      expect(await problem('WORKER_NOT_LISTENING')).toMatchInlineSnapshot(`
        "error: The handler "node handler.mjs" started but did not answer on http://127.0.0.1:<port> within <n> ms. It listens on :<port>, expected 127.0.0.1:<port>.
        Working directory: <app>
        Its last output:
          listening on port <port>
        Listen on 127.0.0.1 and the port in the environment variable FUNCTIONS_CUSTOMHANDLER_PORT (in capitals), or set customHandler.port to <port> in host.json. On Azure: "Failed to start http worker process.", "Initializing HttpWorker timed out.""
      `);
    });

    test('listens nowhere', async () => {
      const { clock, printed, problem } = start('silent');
      await printed('waiting');
      await clock.advance(2500);
      expect(await problem('WORKER_NOT_READY_YET')).toMatchInlineSnapshot(`
        "warning: The handler "node handler.mjs" has not answered on http://127.0.0.1:<port> for <n> ms. It listens on no port yet.
        Listen on 127.0.0.1 and the port in the environment variable FUNCTIONS_CUSTOMHANDLER_PORT (in capitals): a handler is a web server, even if it only serves queues. If it needs longer to start, raise customHandler.initializationTimeout. On Azure: "Waiting for HttpWorker to be initialized. Request to: http://127.0.0.1:<port>"."
      `);
      await clock.advance(500);
      expect(await problem('WORKER_NOT_LISTENING')).toMatchInlineSnapshot(`
        "error: The handler "node handler.mjs" started but did not answer on http://127.0.0.1:<port> within <n> ms. It listens on no port yet.
        Working directory: <app>
        Its last output:
          waiting for messages
        Listen on 127.0.0.1 and the port in the environment variable FUNCTIONS_CUSTOMHANDLER_PORT (in capitals): a handler is a web server, even if it only serves queues. If it needs longer to start, raise customHandler.initializationTimeout. On Azure: "Failed to start http worker process.", "Initializing HttpWorker timed out.""
      `);
    });

    test('accepts and is silent', async () => {
      const { clock, listens, problem } = start('mute');
      await listens();
      await clock.advance(3000);
      expect(await problem('WORKER_NOT_LISTENING')).toMatchInlineSnapshot(`
        "error: The handler "node handler.mjs" started but did not answer on http://127.0.0.1:<port> within <n> ms. It listens there, but has not answered GET / yet.
        Working directory: <app>
        It printed nothing.
        Answer GET / at once, with any status; long preparations may go on behind it. On Azure: "Failed to start http worker process.", "Initializing HttpWorker timed out.""
      `);
    });

    test('speaks something else', async () => {
      const { clock, printed, problem } = start('no-http');
      // The second call comes after the answer to the first.
      await printed('call 2');
      await clock.advance(3000);
      expect(await problem('WORKER_NOT_LISTENING')).toMatchInlineSnapshot(`
        "error: The handler "node handler.mjs" started but did not answer on http://127.0.0.1:<port> within <n> ms. It answered with something that is not HTTP: "220 mail.example ready\\r\\n".
        Working directory: <app>
        Its last output:
          call 1
          call 2
        Answer GET / in HTTP/1.1, with any status. On Azure: "Failed to start http worker process.", "Initializing HttpWorker timed out.""
      `);
    });

    test('is killed, and started again', async () => {
      const { worker, clock, printed, problem } = start('silent');
      await printed('waiting');
      const { pid } = worker;
      await clock.advance(3000);
      await problem('WORKER_NOT_LISTENING');
      await printed('waiting', 2);
      expect(worker.pid).not.toBe(pid);
      expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    });
  });

  describe('that answers all the same', () => {
    test('is warned about when other machines can reach it', async () => {
      const { clock, becomes, problem } = start('everywhere');
      await becomes('ready');
      await clock.advance(1000);
      expect(await problem('WORKER_LISTENS_EVERYWHERE')).toMatchInlineSnapshot(`
        "warning: The handler listens on [::]:<port>, which is every address of this machine: others can call it past the host, without keys and with forged headers.
        Let it listen on 127.0.0.1 and the port in FUNCTIONS_CUSTOMHANDLER_PORT only; in Go: "127.0.0.1:" + port instead of ":" + port."
      `);
    });

    test('may close its output', async () => {
      const { worker, becomes } = start('closed-output');
      await becomes('ready');
      await worker.stop(0);
      expect(worker.state).toBe('stopped');
    });

    test('may print a line of a mebibyte', async () => {
      const { lines, becomes } = start('long-line');
      await becomes('ready');
      await waitFor(() => lines().length === 16);
      expect(lines().join('')).toBe('x'.repeat(1024 * 1024));
    });

    test('is ended as a whole, wrappers, children and all', async () => {
      const { worker, clock, lines, printed, becomes } = start('wrapped');
      await becomes('ready');
      await printed(/^pid /);
      const server = Number(lines()[0]!.slice(4));
      expect(server).not.toBe(worker.pid);
      const stopped = worker.stop(5000);
      // The server is deaf to SIGTERM: only the end of the grace ends it.
      await waitFor(async () => {
        await clock.advance(100);
        return worker.state === 'stopped';
      });
      await stopped;
      expect(clock.monotonicMs()).toBeGreaterThanOrEqual(5000);
      await waitFor(() => !isAlive(server));
    });
  });
});
