// The public port alone, before a handler of the test's own, with a clock that the test moves: what takes hours takes nothing.
import { loadFunctionApp } from '../../../packages/portico/src/config/load-function-app.ts';
import type { HostError } from '../../../packages/portico/src/core/error.ts';
import type { LogRecord, RequestSummary } from '../../../packages/portico/src/core/log.ts';
import { createCallContext } from '../../../packages/portico/src/host/call-context.ts';
import { makeServable } from '../../../packages/portico/src/host/serve-app.ts';
import type { PublicHost } from '../../../packages/portico/src/http/public-app.ts';
import { listen } from '../../../packages/portico/src/http/public-server.ts';
import { createRequestHandler } from '../../../packages/portico/src/http/request-handler.ts';
import { createUpgradeHandler } from '../../../packages/portico/src/http/upgrade-handler.ts';
import { WorkInHand } from '../../../packages/portico/src/invocation/work-in-hand.ts';
import { FakeClock } from '../../../packages/portico/src/testing/fake-clock.ts';
import { HandlerChannel } from '../../../packages/portico/src/worker/handler-channel.ts';
import { appFolder, httpFunction } from '../../support/app-folder.ts';
import { until } from '../../support/until.ts';
import type { Mode } from './start-portico.ts';

export type ServedOptions = {
  /** Default: proxy. */
  readonly mode?: Mode;
  /** Whether a process that has run out of time is replaced. Default: it is. */
  readonly replaces?: boolean;
  /** Beside the handler's section. */
  readonly hostJson?: object;
  readonly porticoJson?: object;
  /** Whether the clock times slow callers too. Default: the system's does. */
  readonly timesCallers?: boolean;
  /** Name → what stands beside the bindings. Default: one, "Work". Each is served at its name. */
  readonly functions?: Readonly<Record<string, object>>;
};

export type Served = AsyncDisposable & {
  readonly port: number;
  readonly clock: FakeClock;
  readonly work: WorkInHand;
  readonly records: readonly LogRecord[];
  readonly requests: readonly RequestSummary[];
  /** Exchanges and tunnels with the process that takes requests now. */
  readonly busyCount: number;
  /** The channels whose process was to be replaced, in order. */
  readonly replaced: readonly HandlerChannel[];
  /** How often a connection to the handler was refused; nobody takes requests then. */
  readonly refusalCount: number;
  /** Who takes requests from now on; undefined: nobody, and they wait. */
  handler(next: number | HostError | undefined): void;
  /** The process that takes requests now turns out to be gone, once its connections are. */
  die(cause: string): Promise<void>;
  /** Nothing new is taken. */
  stop(): void;
};

const SWITCH = { proxy: { enableProxyingHttpRequest: true }, forward: { enableForwardingHttpRequest: true }, payload: {} };

export async function serveWithClock(
  handlerPort: number,
  { mode = 'proxy', replaces = true, timesCallers = false, hostJson = {}, porticoJson = {}, functions = { Work: {} } }: ServedOptions = {},
): Promise<Served> {
  const root = appFolder({
    'host.json': {
      version: '2.0',
      extensions: { http: { routePrefix: '' } },
      ...hostJson,
      customHandler: { description: { defaultExecutablePath: 'not-started' }, ...SWITCH[mode] },
    },
    'portico.json': porticoJson,
    ...Object.fromEntries(Object.entries(functions).map(([name, more]) => [`${name}/function.json`, httpFunction({}, more)])),
  });
  const clock = new FakeClock();
  const stopping = new AbortController();
  const work = new WorkInHand();
  const records: LogRecord[] = [];
  const requests: RequestSummary[] = [];
  const replaced: HandlerChannel[] = [];
  const context = createCallContext(
    { log: (record) => records.push(record), request: (summary) => requests.push(summary), invocation: () => {} },
    work,
  );
  const app = loadFunctionApp({ root, environment: {} });
  const errors = app.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));

  const channels: HandlerChannel[] = [];
  let refusalCount = 0;
  let current: HandlerChannel | HostError | undefined;
  let change = Promise.withResolvers<void>();
  const channelTo = (port: number): HandlerChannel => {
    const channel: HandlerChannel = new HandlerChannel(port, clock, () => {
      refusalCount += 1;
      if (channel === current) handler(undefined);
    });
    channels.push(channel);
    return channel;
  };
  const handler = (next: number | HostError | undefined): void => {
    current = typeof next === 'number' ? channelTo(next) : next;
    change.resolve();
    change = Promise.withResolvers();
  };
  handler(handlerPort);

  const host: PublicHost = {
    app: makeServable(app, {}, { clock, over: stopping.signal, bindingsOf: () => undefined }).app,
    obstacle: undefined,
    keys: undefined,
    user: undefined,
    stopping: stopping.signal,
    work,
    get channel() {
      return current instanceof HandlerChannel ? current : undefined;
    },
    async whenChannel(signal) {
      while (current === undefined) {
        await Promise.race([change.promise, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))]);
      }
      return current;
    },
    replace: (channel) => replaces && replaced.push(channel) > 0,
    sleep: (ms, signal) => clock.sleep(ms, signal),
    admin: (call) => call.answer(404, 'refused'),
    remark() {},
    revealsReasons: true,
  };
  const server = await listen({
    port: 0,
    address: '127.0.0.1',
    certificate: undefined,
    onRequest: createRequestHandler(host, context),
    ...createUpgradeHandler(host, context),
    httpDate: context.httpDate,
    ...(timesCallers && { clock }),
  });
  return {
    port: server.port,
    clock,
    work,
    records,
    requests,
    replaced,
    get refusalCount() {
      return refusalCount;
    },
    handler,
    get busyCount() {
      return host.channel?.busyCount ?? 0;
    },
    async die(cause) {
      const channel = current;
      if (!(channel instanceof HandlerChannel)) return;
      await until(() => channel.busyCount === 0);
      channel.close({ cause, byUs: false });
    },
    stop: () => stopping.abort(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      for (const channel of channels) channel.close();
      await server.close();
    },
  };
}
