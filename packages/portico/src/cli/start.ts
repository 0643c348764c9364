// `portico start`: from the typed words to a running host, and back to an exit code.
import { resolve } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { HostError } from '../core/error.ts';
import { userBeyondLoopback } from '../core/errors/start-command.ts';
import type { Host, HostOptions } from '../host/create-host.ts';
import { outsideAddresses } from '../platform/machine.ts';
import { isLoopback } from '../platform/ports.ts';
import type { StartCommandLine } from './command-line.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { readClientCertificateOption, readHttpsOptions } from './https-options.ts';
import type { Levels } from './log-filter.ts';
import { openReporter } from './open-reporter.ts';
import type { HostLibrary, Program } from './program.ts';
import { readCodes } from './ready-codes.ts';
import { openReadyFile, type ReadyFile } from './ready-file.ts';
import type { Reporter } from './reporter.ts';
import { DEFAULT_ADDRESS, readHostOptions } from './start-options.ts';
import { stopRequest } from './stop-request.ts';
import { VERSION } from './version.ts';

const NO_LEVELS: Levels = {};
const HEAP_LATER_MS = 100;
const EVERY_ADDRESS = ['0.0.0.0', '::'];

/** Runs the app until a signal comes, and leaves nothing behind. */
export async function start(
  { app, flags, remarks }: StartCommandLine,
  program: Program,
  { createHost, findAppRoot }: HostLibrary,
): Promise<number> {
  const { environment, workingDirectory } = program;
  let host: Host | undefined;
  let readyFile: ReadyFile | undefined;
  const over = new AbortController();
  const { reporter, flush } = openReporter(flags, program, () => host?.app.config?.logging.levels ?? NO_LEVELS);
  const tidyUp = (): void => {
    readyFile?.remove();
    flush();
  };
  program.onExit(tidyUp);
  try {
    const stopRequested = stopRequest(program);
    for (const remark of remarks) warn(reporter, remark);
    if (flags['ready-file'] !== undefined) readyFile = openReadyFile(resolve(workingDirectory, flags['ready-file']));
    const { https, authorityFile } = await readHttpsOptions(flags, program);
    const { clientCertificate, remark } = await readClientCertificateOption(flags, program);
    if (remark !== undefined) warn(reporter, remark);

    const root = findAppRoot(resolve(workingDirectory, app ?? '.'));
    const inTerminal = program.stdout.isTty && !flags.json;
    const options = { ...(await readHostOptions(flags, inTerminal)), ...(clientCertificate && { clientCertificate }) };
    host = createHost({ root, environment, observer: reporter, ...options, ...(https && { https }) });
    const address = flags.address ?? host.app.local.address ?? DEFAULT_ADDRESS;
    const pretends = options.user !== undefined ? '--as' : typeof clientCertificate === 'object' ? '--client-cert' : undefined;
    if (pretends !== undefined && !isLoopback(address)) throw userBeyondLoopback(pretends, address);

    const { processId, clock } = program;
    const showsKeys = inTerminal && !flags.quiet;
    const running = run({ host, options, processId, clock, reporter, readyFile, address, authorityFile, showsKeys }, over.signal);
    reporter.stopping(await Promise.race([stopRequested, running.then(() => stopRequested)]));
    return EXIT_CODES.ok.code;
  } catch (thrown) {
    if (thrown instanceof HostError) reporter.failed(thrown);
    throw thrown;
  } finally {
    over.abort();
    await host?.stop();
    tidyUp();
  }
}

type Run = {
  readonly host: Host;
  readonly options: Pick<HostOptions, 'watch' | 'build' | 'user' | 'clientCertificate'>;
  readonly processId: number;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly reporter: Reporter;
  readonly readyFile: ReadyFile | undefined;
  readonly address: string;
  readonly authorityFile: string | undefined;
  /** A person reads the output, and it is kept nowhere. */
  readonly showsKeys: boolean;
};

/** Once the signal aborts it says nothing more: a start that was interrupted has not failed. */
async function run(
  { host, options, processId, clock, reporter, readyFile, address, authorityFile, showsKeys }: Run,
  signal: AbortSignal,
): Promise<void> {
  await host.start();
  const keys = host.keys && { place: host.keys.place, ...(showsKeys && (await readCodes(host.keys, host.functions(), clock))) };
  if (signal.aborted) return;
  const { url, app } = host;
  reporter.listening({
    version: VERSION,
    processId,
    root: app.root,
    url,
    openUrls: isLoopback(address) ? undefined : openUrls(address, url),
    keys,
    user: options.user?.name,
    clientCertificate: describeCertificate(options.clientCertificate),
    authorityFile,
    watching: options.watch ?? false,
    functions: host.functions(),
    problems: app.problems,
  });
  if (app.portico.build !== undefined && !options.watch && options.build === undefined) {
    warn(reporter, 'The handler is not built: "build" in portico.json counts only while sources are watched.', 'Give --watch or --build.');
  }

  const report = await host.ready;
  if (signal.aborted) return;
  const isReady = report.failed === undefined && host.state === 'Running';
  if (isReady) reporter.ready(report);
  else reporter.notReady({ state: host.state, error: report.failed });
  const handlers = isReady ? report.handlers : [await host.handlerReady(signal)];
  const [handler] = handlers;
  if (!isReady)
    reporter.log({ level: 'information', category: 'Host.Startup', message: 'The handler is ready now.', fields: { ...handler } });
  const { port, protocol } = new URL(url);
  try {
    readyFile?.write({ url, port: Number(port) || (protocol === 'https:' ? 443 : 80), pid: processId, handler, handlers });
  } catch (thrown) {
    // The app runs all the same: only who waits for the file hears nothing.
    if (!(thrown instanceof HostError)) throw thrown;
    warn(reporter, thrown.message, thrown.hint);
  }
  // Those who waited for the handler are answered first. Rejects when the host stops: then there is nothing to keep small.
  await clock.sleep(HEAP_LATER_MS, signal).catch(() => {});
  // Here and not in the host: the heap of a program that embeds one is its own affair.
  if (!signal.aborted) (await import('../platform/small-heap.ts')).keepHeapSmall();
}

/** By its subject, on one line. An empty one is undefined, whatever the types say. */
function describeCertificate(certificate: HostOptions['clientCertificate']): string | undefined {
  if (typeof certificate !== 'object') return undefined;
  const { subject, fingerprint256 } = certificate as { subject?: string; fingerprint256: string };
  return subject?.replaceAll('\n', ', ') ?? fingerprint256;
}

/** The address alone when it names one; all of this machine's when it stands for every one. */
function openUrls(address: string, url: string): string[] {
  const outside = EVERY_ADDRESS.includes(address) ? outsideAddresses() : [];
  const { protocol, port } = new URL(url);
  return outside.length > 0 ? outside.map((each) => `${protocol}//${each}${port && `:${port}`}`) : [url];
}

function warn(reporter: Reporter, message: string, hint?: string): void {
  reporter.log({ level: 'warning', category: 'Host.Startup', message, hint });
}
