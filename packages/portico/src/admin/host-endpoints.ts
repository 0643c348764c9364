// /admin/host/*: what the host says of itself, and drain, resume and restart.
import { answerJson } from './answer-json.ts';
import { answerText } from './answer-text.ts';
import { type AdminRequest, isExpanded, selfUrlOf } from './endpoint.ts';
import { describeConfig, describeDrain, describeHost, describeLoad, describePlaces, describeProcess } from './host-description.ts';

export function answerStatus({ call, host, ...request }: AdminRequest): void {
  answerJson(call, { ...describeHost(host), ...(isExpanded(request) && describeLoad(host)) });
}

export function answerPing({ call }: AdminRequest): void {
  call.answer(200, 'succeeded', { headers: 'Cache-Control: no-store,no-cache\r\nPragma: no-cache\r\n' });
}

/** Parity: the host alone; its handler is not among them. */
export function answerProcesses({ call, host }: AdminRequest): void {
  if (host.state !== 'Running') return call.answer(503, 'refused');
  answerJson(call, { processes: [describeProcess(host)] });
}

export function answerDrain({ call, host }: AdminRequest): void {
  if (host.state !== 'Running') return call.answer(503, 'refused');
  host.drain();
  call.answer(202, 'succeeded');
}

export function answerDrainStatus({ call, host }: AdminRequest): void {
  answerJson(call, describeDrain(host));
}

/** A resume takes as long as a handler needs to start, and the host may have been stopped meanwhile. */
export async function answerResume({ call, host }: AdminRequest): Promise<void> {
  if (host.state !== 'Running') return call.answer(409, 'refused');
  // Rejects never: what goes wrong with the handler is in the log, and the next request finds out.
  await host.resume();
  const { state } = host;
  if (state === 'Running') answerJson(call, { state });
  else call.answer(409, 'refused');
}

export function answerRestart({ call, host }: AdminRequest): void {
  host.restart();
  answerJson(call, describePlaces(host));
}

/** Parity: nobody scales a host that is not on Azure by its triggers (admin-more.endpoints). */
export function answerSyncTriggers({ call }: AdminRequest): void {
  answerJson(call, { status: 'Invalid environment for SyncTriggers operation.' }, 500);
}

export function answerConfig({ call, host }: AdminRequest): void {
  const { config } = host.app;
  if (config === undefined) return answerText(call, 503, 'host.json cannot be used.\n');
  const body = JSON.stringify(describeConfig(config), null, 2);
  call.answer(200, 'succeeded', { body, type: 'text/plain; charset=utf-8', chunked: true });
}

/** Every binding is part of this host: nothing is installed that could be listed. */
export function answerExtensions(request: AdminRequest): void {
  answerJson(request.call, { extensions: [], links: [{ rel: 'self', href: selfUrlOf(request) }] });
}

/** Azure's tools ask for it before they attach a debugger to the host, which has nothing to prepare. */
export function answerDebug({ call }: AdminRequest): void {
  call.answer(200, 'succeeded');
}

/** A function with a warmupTrigger runs by itself as soon as a handler is ready, once for each host; there is nothing left to do. */
export function answerWarmup({ call }: AdminRequest): void {
  call.answer(200, 'succeeded');
}
