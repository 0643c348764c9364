// Which handler an app wants, and whether that is still the one it had.
import type { AppSettings } from '../core/function-app.ts';
import { createLogger, type HostObserver } from '../core/log.ts';
import { thisMachine } from '../platform/machine.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';
import { attachHandler } from '../worker/attached-handler.ts';
import type { HandlerSource } from '../worker/handler-source.ts';
import { createWorkerProcess } from '../worker/process.ts';
import type { AppGeneration } from './app-generation.ts';
import { HandlerLink } from './handler-link.ts';

export type HandlerOptions = {
  readonly root: string;
  /** Somebody else's handler listens there. */
  readonly attachPort?: number;
  readonly observer: HostObserver;
  /** The public one. Asked when the handler starts: 0 has become a real one by then. */
  readonly port: () => number;
};

/** The default of customHandler.initializationTimeout. */
const DEFAULT_WAIT_MS = 30_000;

export function createHandlerLink(generation: AppGeneration, options: HandlerOptions): HandlerLink {
  const waitMs = generation.app.config?.handler?.initializationTimeoutMs ?? DEFAULT_WAIT_MS;
  return new HandlerLink(() => createSource(generation, options), systemClock, waitMs);
}

export function sameHandler(one: AppGeneration, other: AppGeneration): boolean {
  const facts = (generation: AppGeneration): string =>
    JSON.stringify([generation.app.config?.handler, generation.app.settings, hasWork(generation)]);
  return facts(one) === facts(other);
}

function createSource(generation: AppGeneration, { root, attachPort, observer, port }: HandlerOptions): HandlerSource | undefined {
  if (!hasWork(generation)) return undefined;
  if (attachPort !== undefined) return attachHandler(attachPort, systemClock, createLogger(observer, 'Host.Startup'));
  const { config, settings } = generation.app;
  if (config?.handler === undefined) return undefined;
  return createWorkerProcess({
    handler: config.handler,
    root,
    environment: { ...localDefaults(port()), ...settings },
    machine: thisMachine,
    clock: systemClock,
    observer,
    random: systemRandom,
  });
}

/** Nothing is started for an app that has nothing to call. */
function hasWork({ app, obstacle }: AppGeneration): boolean {
  return obstacle === undefined && app.functions.some(({ allowed }) => allowed);
}

/** What Azure's own local tool tells a handler about where it runs, unless the settings say it. */
function localDefaults(port: number): AppSettings {
  return { WEBSITE_HOSTNAME: `localhost:${port}`, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
}
