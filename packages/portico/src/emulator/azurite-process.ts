// One run of Azurite, from spawn to listening.

import type { Clock } from '../core/clock.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { type ChildExit, type ChildProcess, type OutputStream, spawnChild } from '../platform/child-process.ts';
import { processEnvironment, thisNode } from '../platform/environment.ts';
import { EMULATOR_HOST, type EmulatorPorts } from './endpoints.ts';

export type AzuriteOptions = {
  /** azurite.cjs. */
  readonly bundle: string;
  /** Where its data is, made if need be. Undefined: in memory. */
  readonly folder: string | undefined;
  /** 0: any that is free. */
  readonly ports: EmulatorPorts;
  readonly clock: Clock;
  readonly onLine?: (stream: OutputStream, line: string) => void;
};

export type AzuriteStart =
  | { readonly status: 'listening'; readonly ports: EmulatorPorts; readonly process: ChildProcess; readonly lastLines: readonly string[] }
  /** Another Azurite works in that folder, which one alone may. */
  | { readonly status: 'folderInUse' }
  | { readonly status: 'portTaken' }
  | {
      readonly status: 'failed';
      readonly exit: ChildExit;
      /** It went on running, but did not listen for so long, and was ended. */
      readonly waitedMs: number | undefined;
      readonly lastLines: readonly string[];
    };

/** It takes a third of a second where nothing else runs, and as many as 25 seconds with half a million messages. */
const START_MS = 60_000;
const KEPT_LINES = 20;

/** Half a million messages take 800 MB. With small nurseries it takes 45 MB less under load, and no more time. */
const MEMORY_FLAGS = ['--max-old-space-size=1024', '--max-semi-space-size=4'];

/** Said by scripts/azurite/main.cjs. */
const FOLDER_IN_USE = 75;

/** Rejects when Node cannot be started, and with the reason of the signal; nothing is left running then. */
export async function startAzuriteProcess(options: AzuriteOptions, signal: AbortSignal): Promise<AzuriteStart> {
  const { bundle, folder, ports, clock, onLine } = options;
  signal.throwIfAborted();
  const lines: string[] = [];
  const found: Partial<Record<keyof EmulatorPorts, number>> = {};
  let listens = (): void => {};
  const listening = new Promise<'listening'>((resolve) => {
    listens = () => resolve('listening');
  });
  const child = await spawnChild({
    file: thisNode(),
    args: [...MEMORY_FLAGS, bundle, ...argumentsFor(folder, ports)],
    cwd: '/',
    env: environment(),
    clock,
    onLine(stream, line) {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      const [, service, port] = /^Azurite (Blob|Queue|Table) service is successfully listening at .*:(\d+)$/.exec(line) ?? [];
      if (service !== undefined) found[service.toLowerCase() as keyof EmulatorPorts] = Number(port);
      if (isComplete(found)) listens();
      onLine?.(stream, line);
    },
  });
  const over = new AbortController();
  const tooLong = clock.sleep(START_MS, over.signal).then(
    () => 'tooLong' as const,
    () => undefined,
  );
  const first = await Promise.race([listening, child.exited, tooLong, whenAborted(signal)]);
  over.abort();
  if (first === 'listening' && isComplete(found) && !signal.aborted)
    return { status: 'listening', ports: found, process: child, lastLines: lines };
  const exit = await child.stop(0);
  signal.throwIfAborted();
  if (exit.code === FOLDER_IN_USE) return { status: 'folderInUse' };
  if (lines.some((line) => line.includes('EADDRINUSE'))) return { status: 'portTaken' };
  return { status: 'failed', exit, waitedMs: first === 'tooLong' ? START_MS : undefined, lastLines: lines };
}

function isComplete(ports: Partial<Record<keyof EmulatorPorts, number>>): ports is EmulatorPorts {
  return ports.blob !== undefined && ports.queue !== undefined && ports.table !== undefined;
}

function argumentsFor(folder: string | undefined, ports: EmulatorPorts): string[] {
  const listen = Object.entries(ports).flatMap(([service, port]) => [`--${service}Host`, EMULATOR_HOST, `--${service}Port`, String(port)]);
  const place = folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder];
  // The storage libraries speak newer versions of the protocol than the newest Azurite knows, and use nothing that is new in them.
  return [...place, ...listen, '--silent', '--skipApiVersionCheck', '--disableTelemetry'];
}

/** None of the user's variables: AZURITE_ACCOUNTS and AZURITE_DB would change what it is. */
function environment(): Record<string, string> {
  const { SystemRoot = '' } = processEnvironment();
  return { PORTICO_AZURITE_ENDS_WITH_STDIN: '1', ...(SystemRoot !== '' && { SystemRoot }) };
}
