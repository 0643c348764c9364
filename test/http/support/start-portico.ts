// The host before a handler of the test's own: one function that takes everything.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost, type Host, type HostOptions } from '../../../packages/portico/src/index.ts';

export type Mode = 'proxy' | 'forward' | 'payload';

const SWITCH: Readonly<Record<Mode, object>> = {
  proxy: { enableProxyingHttpRequest: true },
  forward: { enableForwardingHttpRequest: true },
  payload: {},
};

export type PorticoOptions = Omit<HostOptions, 'root'> & {
  /** Default: proxy. */
  readonly mode?: Mode;
  /** The section extensions.http of host.json, beside its empty route prefix. */
  readonly http?: object;
};

export type StartedPortico = AsyncDisposable & { readonly host: Host; readonly port: number };

/** A body of 64 KiB is the most it takes, unless the environment says otherwise. */
export async function startPortico(
  handlerPort: number,
  { mode = 'proxy', http, ...options }: PorticoOptions = {},
): Promise<StartedPortico> {
  const root = mkdtempSync(join(tmpdir(), 'portico-http-'));
  const write = (name: string, content: object): void => writeFileSync(join(root, name), JSON.stringify(content));
  write('host.json', {
    version: '2.0',
    customHandler: { description: { defaultExecutablePath: 'not-started' }, ...SWITCH[mode] },
    extensions: { http: { routePrefix: '', ...http } },
  });
  mkdirSync(join(root, 'Everything'));
  write('Everything/function.json', {
    bindings: [
      { type: 'httpTrigger', name: 'req', authLevel: 'anonymous', route: '{*path}' },
      { type: 'http', direction: 'out', name: 'res' },
    ],
  });
  const environment = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(64 * 1024), ...options.environment };
  const host = createHost({ root, port: 0, attachPort: handlerPort, ...options, environment });
  await host.start();
  await host.ready;
  return {
    host,
    port: Number(new URL(host.url).port),
    async [Symbol.asyncDispose]() {
      await host.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
