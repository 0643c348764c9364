// Which handler an app wants, and whether that is still the one it had.
import type { PorticoConfig } from '../core/function-app.ts';
import { createLogger, type HostObserver } from '../core/log.ts';
import { withoutKeys } from '../keys/key-settings.ts';
import { processorCount, thisMachine } from '../platform/machine.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import { attachHandler } from '../worker/attached-handler.ts';
import type { HandlerSource } from '../worker/handler-source.ts';
import { createWorkerProcess } from '../worker/process.ts';
import type { AppGeneration } from './app-generation.ts';
import { type FleetOptions, HandlerFleet } from './handler-fleet.ts';
import { localDefaults } from './local-defaults.ts';

export type HandlerOptions = {
  readonly root: string;
  /** Somebody else's handler listens there. */
  readonly attachPort?: number;
  readonly observer: HostObserver;
  /** How long a process that is replaced may go on with what it does. */
  readonly graceMs: number;
  /** The public one. Asked when the handler starts: 0 has become a real one by then. */
  readonly port: () => number;
};

/** The default of customHandler.initializationTimeout. */
const DEFAULT_WAIT_MS = 30_000;

export function createFleet(generation: AppGeneration, options: HandlerOptions): HandlerFleet {
  const { config, portico } = generation.app;
  const { attachPort, graceMs } = options;
  return new HandlerFleet({
    createSource: () => createSource(generation, options),
    count: attachPort === undefined ? processCount(portico) : 1,
    successor: successorOf(generation, attachPort),
    clock: systemClock,
    mostWaitMs: config?.handler?.initializationTimeoutMs ?? DEFAULT_WAIT_MS,
    graceMs,
  });
}

/** Undefined: a free one for each process, or nothing is started. */
export function fixedPort(generation: AppGeneration): number | undefined {
  return generation.hasWork ? generation.app.config?.handler?.port : undefined;
}

function successorOf(generation: AppGeneration, attachPort: number | undefined): FleetOptions['successor'] {
  if (attachPort !== undefined) return 'never';
  return fixedPort(generation) === undefined ? 'beside' : 'after';
}

function processCount({ processes }: PorticoConfig): number {
  return processes === 'auto' ? processorCount() : processes;
}

export function sameHandler(one: AppGeneration, other: AppGeneration): boolean {
  const facts = (generation: AppGeneration): string =>
    JSON.stringify([generation.app.config?.handler, generation.app.settings, startOptions(generation.app.portico), generation.hasWork]);
  return facts(one) === facts(other);
}

/** What of portico.json a process gets at its start. */
function startOptions({ processes, healthCheck }: PorticoConfig): Pick<PorticoConfig, 'processes' | 'healthCheck'> {
  return { processes, healthCheck };
}

function createSource(generation: AppGeneration, { root, attachPort, observer, port }: HandlerOptions): HandlerSource | undefined {
  // Nothing is started for an app that has nothing to call.
  if (!generation.hasWork) return undefined;
  if (attachPort !== undefined) return attachHandler(attachPort, systemClock, createLogger(observer, 'Host.Startup'));
  const { config, settings, portico } = generation.app;
  if (config?.handler === undefined) return undefined;
  return createWorkerProcess({
    handler: config.handler,
    root,
    environment: { ...localDefaults(port()), ...withoutKeys(settings) },
    machine: thisMachine,
    clock: systemClock,
    observer,
    random: systemRandom,
    healthCheck: portico.healthCheck,
  });
}
