// What a reload does to the app and its handler, step by step. When which step is due is the reloader's affair.
import type { AppSettings } from '../core/function-app.ts';
import { type HostObserver, type Logger, report } from '../core/log.ts';
import { whenAborted } from '../core/when-aborted.ts';
import { systemClock } from '../platform/system-clock.ts';
import { runBuild } from '../worker/build-command.ts';
import type { AppGeneration } from './app-generation.ts';
import { fixedPort } from './handler-factory.ts';
import type { HandlerSupply } from './handler-supply.ts';
import type { ReloadSteps } from './reloader.ts';

export type ReloadStepsOptions = {
  readonly root: string;
  readonly handlers: HandlerSupply;
  /** Reads the app anew, and says what is wrong with it. */
  readonly read: () => AppGeneration;
  /** The app as it was read last. */
  readonly latest: () => AppGeneration;
  /** From now on requests find this one. */
  readonly serve: (generation: AppGeneration) => void;
  /** Undefined: nothing is built. */
  readonly buildCommand: () => string | undefined;
  readonly observer: HostObserver;
  readonly log: Logger;
};

export function createReloadSteps({ root, handlers, read, latest, serve, buildCommand, observer, log }: ReloadStepsOptions): ReloadSteps {
  /** The command by which the handler was made that is there now. */
  let builtBy: string | undefined;
  const wantedBuild = (): string | undefined => (latest().hasWork ? buildCommand() : undefined);

  return {
    readApp() {
      const next = read();
      const other = handlers.differsFrom(next);
      // A host.json that cannot be read says nothing of the handler: it was most likely saved half-way.
      if (next.obstacle?.kind === 'error' || !other) {
        serve(next);
        return false;
      }
      // Else routes and modes change together with the handler that they are for.
      if (next.obstacle !== undefined || handlers.channel === undefined) serve(next);
      return true;
    },

    owesBuild() {
      const command = wantedBuild();
      return command !== undefined && command !== builtBy;
    },

    async build(signal) {
      const command = wantedBuild();
      if (command === undefined) return true;
      builtBy = undefined;
      log.information(`Building: ${command}`);
      const environment: AppSettings = latest().app.settings;
      const end = await runBuild({ command, root, environment, clock: systemClock, observer }, signal);
      if (end.how === 'built') {
        builtBy = command;
        log.information('The handler was built.', { fields: { tookMs: Math.round(end.tookMs) } });
        return true;
      }
      if (end.how === 'failed') {
        report(log, 'error', end.error);
        if (!handlers.hinder(end.error)) log.warning('The handler that was built before goes on.');
      }
      return false;
    },

    async replaceHandler(signal) {
      const next = latest();
      if (!handlers.begun && !handlers.differsFrom(next)) {
        await Promise.race([handlers.start(), whenAborted(signal)]);
        return handlers.channel !== undefined;
      }
      const replaced = await handlers.renew(next, signal);
      if (signal.aborted) return false;
      if (replaced || handlers.channel === undefined) serve(next);
      if (!next.hasWork) log.information('The handler is stopped: there is nothing that it could serve.');
      else if (!replaced) log.warning(describeFailure(handlers.channel !== undefined, fixedPort(next)));
      return replaced && next.hasWork;
    },

    retryHandler: () => handlers.retry(),
  };
}

function describeFailure(oldGoesOn: boolean, port: number | undefined): string {
  if (oldGoesOn) return 'The new handler does not serve; the old one goes on.';
  if (port === undefined) return 'The new handler does not serve.';
  return `The new handler does not serve, and the old one had to end first, because both want port ${port}.`;
}
