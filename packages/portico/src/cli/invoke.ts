// `portico invoke`: runs one function of a running host, once, or after every change.
import { resolve } from 'node:path';
import { HostError } from '../core/error.ts';
import { flagsContradict, flagValueWrong } from '../core/errors/command-line.ts';
import { appRootNotFound } from '../core/errors/host.ts';
import type { LocalHostSettings } from '../core/function-app.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { clientKeys } from './client-keys.ts';
import type { InvokeCommandLine } from './command-line.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { explain } from './explain.ts';
import type { InvokeFlags } from './flags.ts';
import { formatReport, reportAsJson } from './format-invocation.ts';
import { type InvokeReport, invokeFunction } from './invoke-function.ts';
import { createPalette, wantsColour } from './palette.ts';
import { createPrinter } from './printer.ts';
import type { Program } from './program.ts';
import { type Data, dataFile, readData } from './read-data.ts';
import { DEFAULT_ADDRESS, parsePort } from './start-options.ts';
import { stopRequest } from './stop-request.ts';

const DEFAULT_PORT = 7071;

export async function invoke({ functionName, flags }: InvokeCommandLine, program: Program): Promise<number> {
  const { stdout, clock, environment } = program;
  const { data: given, watch, json } = flags;
  // It comes once, and a file can be read again.
  const fixed = given === undefined || given.startsWith('@') ? undefined : await readData(given, program);
  const data = async (): Promise<Data | undefined> => (given === undefined ? undefined : (fixed ?? readData(given, program)));
  const url = await hostUrl(flags, program);
  const client = createAdminClient(url, clientKeys(flags, url, program));
  const printer = createPrinter(stdout, clock);
  const palette = createPalette(wantsColour(stdout.isTty, environment));
  const findSwitch = async (name: string) =>
    (await import('./find-switch.ts')).findSwitch(name, resolve(program.workingDirectory, flags.app ?? '.'));
  const run = async (signal?: AbortSignal): Promise<InvokeReport> => {
    const report = await invokeFunction({ functionName, data: await data(), findSwitch }, client, clock, signal);
    await printer.line(json ? reportAsJson(report) : formatReport(report, palette));
    return report;
  };
  if (watch) return runAgain(run, client, flags, program);
  return (await run()).outcome === 'succeeded' ? EXIT_CODES.ok.code : EXIT_CODES.failed.code;
}

async function runAgain(
  run: (signal: AbortSignal) => Promise<unknown>,
  client: AdminClient,
  flags: InvokeFlags,
  program: Program,
): Promise<number> {
  const { stderr, clock, workingDirectory, environment } = program;
  const [{ findAppRoot }, { watchForChanges }] = await Promise.all([
    import('../config/find-app-root.ts'),
    import('./watch-for-changes.ts'),
  ]);
  const root = findAppRoot(resolve(workingDirectory, flags.app ?? '.'));
  const over = new AbortController();
  const { signal } = over;
  const printer = createPrinter(stderr, clock);
  const changes = watchForChanges({ root, dataFile: dataFile(flags.data, program), environment, clock, client }, signal);

  async function repeat(): Promise<never> {
    await run(signal);
    for (;;) {
      await changes.next();
      try {
        await run(signal);
      } catch (thrown) {
        // At first that is the end; now it may be half of an edit, and the next one mends it.
        if (signal.aborted || !(thrown instanceof HostError)) throw thrown;
        await printer.line(explain(thrown));
      }
    }
  }

  try {
    // Neither a signal handler nor a watched folder keeps a program alive.
    await Promise.race([stopRequest(program), repeat(), clock.sleep(Number.MAX_SAFE_INTEGER, signal)]);
    return EXIT_CODES.ok.code;
  } finally {
    over.abort();
    changes.stop();
  }
}

async function hostUrl({ url, port, app }: InvokeFlags, { workingDirectory }: Program): Promise<string> {
  if (url !== undefined && port !== undefined) throw flagsContradict('--url', '--port');
  if (url !== undefined) return parseUrl(url);
  const chosen = port === undefined ? undefined : parsePort('--port', port, 1);
  const local = await readLocal(app, workingDirectory);
  return `http://${reachable(local.address ?? DEFAULT_ADDRESS)}:${chosen ?? local.port ?? DEFAULT_PORT}`;
}

/** The host is the whole address: what follows it is the admin API's and the functions'. */
function parseUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw flagValueWrong('--url', text, `the address of a host, such as http://127.0.0.1:${DEFAULT_PORT}`);
}

/** Without an app around, the defaults count: it may run elsewhere. */
async function readLocal(app: string | undefined, workingDirectory: string): Promise<LocalHostSettings> {
  const [{ findAppRoot }, { readLocalSettings }] = await Promise.all([
    import('../config/find-app-root.ts'),
    import('../config/local-settings.ts'),
  ]);
  try {
    return readLocalSettings(findAppRoot(resolve(workingDirectory, app ?? '.'))).local;
  } catch (thrown) {
    if (app === undefined && thrown instanceof HostError && thrown.code === appRootNotFound.code) return {};
    throw thrown;
  }
}

/** Where a host that listens there is to be found, as part of a URL. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
