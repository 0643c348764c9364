// What the public port and the admin API see of a host: always the app as it is now, and the handler that serves now.
import { join } from 'node:path';
import type { AdminHost } from '../admin/admin-host.ts';
import type { LocalPrincipal } from '../core/authorization.ts';
import { messageOf } from '../core/error.ts';
import type { FunctionApp } from '../core/function-app.ts';
import type { HostState } from '../core/host-state.ts';
import type { Call } from '../http/call.ts';
import type { PublicHost } from '../http/public-app.ts';
import type { RequestTarget } from '../http/request-target.ts';
import type { InvocationHost } from '../invocation/invocation-host.ts';
import type { WorkInHand } from '../invocation/work-in-hand.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { ownProcessId, temporaryFolder } from '../platform/machine.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { AppEvents } from './app-events.ts';
import { type AppGeneration, OFFLINE_FILE } from './app-generation.ts';
import type { HandlerSupply } from './handler-supply.ts';
import { hostIdentity } from './host-identity.ts';
import type { Reloader } from './reloader.ts';
import { createRemarks } from './remarks.ts';

export type HostParts = {
  readonly root: string;
  readonly handlers: HandlerSupply;
  readonly events: AppEvents;
  readonly invocations: InvocationHost;
  readonly reloader: Reloader;
  readonly work: WorkInHand;
  /** Undefined: nobody is asked for a key. */
  readonly keys: () => KeyRing | undefined;
  readonly user: LocalPrincipal | undefined;
  readonly isDevelopment: (app: FunctionApp) => boolean;
  /** Only this machine reaches the port. */
  readonly boundToLoopback: () => boolean;
  /** As it was read last. */
  readonly generation: () => AppGeneration;
  /** As requests find it. */
  readonly served: () => AppGeneration;
  readonly state: () => HostState;
  readonly uptimeMs: () => number;
};

export function publicView(parts: HostParts): PublicHost {
  const { invocations, served } = parts;
  const admin = adminView(parts);
  return {
    get app() {
      return served().served;
    },
    get obstacle() {
      return served().obstacle;
    },
    get channel() {
      return invocations.channel;
    },
    stopping: invocations.stopping,
    work: invocations.work,
    whenChannel: (signal) => invocations.whenChannel(signal),
    replace: (channel) => invocations.replace(channel),
    sleep: (ms, signal) => invocations.sleep(ms, signal),
    remark: (where, remark) => invocations.remark(where, remark),
    get keys() {
      return parts.keys();
    },
    user: parts.user,
    admin: (call, target) => void answerAdmin(call, target, admin),
    get revealsReasons() {
      return parts.isDevelopment(parts.generation().app);
    },
  };
}

/** Most hosts are never asked, and need not load what answers. Never rejects. */
async function answerAdmin(call: Call, target: RequestTarget, host: AdminHost): Promise<void> {
  try {
    const api = await import('../admin/admin-api.ts');
    api.answerAdmin(call, target, host);
  } catch (error) {
    // The files of this program are gone, or others by now.
    call.log('error', `${call.describe()} failed: ${messageOf(error)}`);
    call.answer(500, 'failed');
  }
}

/** What any run asks of the host. */
export function invocationView(handlers: () => HandlerSupply, work: WorkInHand, stopping: AbortSignal): InvocationHost {
  return {
    get channel() {
      return handlers().channel;
    },
    stopping,
    work,
    whenChannel: (signal) => handlers().whenChannel(signal),
    replace: (channel) => handlers().replace(channel),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    remark: createRemarks(),
  };
}

function adminView(parts: HostParts): AdminHost {
  const { root, handlers, events, invocations, reloader, work, generation, served, state, uptimeMs } = parts;
  const { settings } = generation().app;
  let draining = false;
  let drainCount = 0;
  return {
    hostId: hostIdentity(settings, root).id,
    temporaryFolder: settings.TMPDIR ?? temporaryFolder,
    processId: ownProcessId,
    offlineFile: join(root, OFFLINE_FILE),
    work,
    get keys() {
      return parts.keys();
    },
    get boundToLoopback() {
      return parts.boundToLoopback();
    },
    get revealsReasons() {
      return parts.isDevelopment(generation().app);
    },
    get app() {
      return generation().app;
    },
    get served() {
      return served().served;
    },
    get state() {
      return state();
    },
    get errors() {
      return generation().errors;
    },
    get uptimeMs() {
      return uptimeMs();
    },
    get handlers() {
      return handlers.members;
    },
    get serves() {
      return handlers.channel !== undefined;
    },
    get hasServed() {
      return handlers.hasServed;
    },
    get trouble() {
      return handlers.trouble;
    },
    async whenServes(signal) {
      const found = await invocations.whenChannel(signal);
      return 'send' in found ? undefined : found;
    },
    get reloads() {
      return reloader.progress;
    },
    get draining() {
      return draining;
    },
    drain() {
      drainCount += 1;
      draining = true;
      void events.pause();
    },
    async resume() {
      if (!draining) return;
      const drainedBy = drainCount;
      // Parity: what was drained begins anew, the handler too.
      await reloader.reloadHandler('The admin API resumed the host');
      // Drained again meanwhile.
      if (drainedBy !== drainCount) return;
      draining = false;
      await events.resume();
    },
    restart: () => reloader.restart('The admin API restarted the host'),
    changed(file) {
      // Else the watcher sees it.
      if (generation().app.config?.fileWatchingEnabled === false) reloader.change({ file, app: true, handler: false });
    },
    canInvoke(name) {
      const known = generation().app.functions.find((fn) => fn.name.toLowerCase() === name.toLowerCase());
      if (known === undefined || !known.allowed || known.http !== undefined || known.trigger === undefined || known.errors.length > 0)
        return 'never';
      return invocations.stopping.aborted || generation().obstacle !== undefined || !events.knows(name) ? 'not now' : 'now';
    },
    invoke: (name, input, signal) => events.invoke(name, input, signal),
    answerWebhook: (name, request) => events.answerWebhook(name, request),
    sleep: (ms, signal) => invocations.sleep(ms, signal),
  };
}
