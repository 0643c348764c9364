// The host as a library before a temporary app, with all that it says.
import { createHost, type Host, type HostOptions, type LogRecord, type RequestSummary } from '../../packages/portico/src/index.ts';

export type RunningHost = Host &
  AsyncDisposable & { readonly port: number; readonly records: readonly LogRecord[]; readonly requests: readonly RequestSummary[] };

/** Stopped when it goes out of scope. */
export async function runningHost({ root }: { readonly root: string }, options: Partial<HostOptions> = {}): Promise<RunningHost> {
  const records: LogRecord[] = [];
  const requests: RequestSummary[] = [];
  const observer = {
    log: (record: LogRecord) => records.push(record),
    request: (summary: RequestSummary) => requests.push(summary),
    invocation: () => {},
  };
  const host = createHost({ root, port: 0, environment: { PATH: process.env['PATH'] }, observer, ...options });
  await host.start();
  const port = Number(new URL(host.url).port);
  return Object.assign(host, { port, records, requests, [Symbol.asyncDispose]: () => host.stop() });
}
