// A request that waits for a handler: at its start, or because the one it was meant for is gone.
import type { HostError } from '../core/error.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { Call } from './call.ts';
import type { PublicHost } from './public-app.ts';

/** Goes on with a channel, now or when there is one; answers 503 when there will be none, and nothing when the caller leaves. */
export function withHandler(call: Call, host: PublicHost, run: (channel: HandlerChannel) => void): void {
  // Asked once: those of several processes take turns.
  const { channel } = host;
  if (channel !== undefined) run(channel);
  else void waitForHandler(call, host, run);
}

async function waitForHandler(call: Call, host: PublicHost, run: (channel: HandlerChannel) => void): Promise<void> {
  const channel = await untilAbandoned(call, (signal) => host.whenChannel(signal));
  if (call.ended || channel === undefined) return;
  if ('send' in channel) run(channel);
  else answerNotRunning(call, host, channel);
}

/** 503, and why, for those who may know. */
export function answerNotRunning(call: Call, host: PublicHost, { message, hint }: HostError): void {
  const detail = host.revealsReasons ? `\n${message}\n${hint ?? ''}\n` : '';
  const body = `The handler of this function app is not running.${detail}`;
  call.answer(503, 'failed', { body, type: 'text/plain; charset=utf-8', headers: 'Retry-After: 5\r\n' });
}

/** Ends early, with undefined, when the caller goes away. */
export async function untilAbandoned<T>(call: Call, wait: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const gone = new AbortController();
  call.onAbandoned = () => gone.abort();
  try {
    return await wait(gone.signal);
  } catch (error) {
    // The wait was cut short because nobody wants the answer any more.
    if (gone.signal.aborted) return undefined;
    throw error;
  } finally {
    call.onAbandoned = undefined;
  }
}
