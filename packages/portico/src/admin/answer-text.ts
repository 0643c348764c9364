import type { HostError } from '../core/error.ts';
import { RETRY_AFTER } from '../http/admission.ts';
import type { Call } from '../http/call.ts';
import type { AdminHost } from './admin-host.ts';

/** A refusal with its reason. Parity: texts go out chunked (admin-auth.key-changes). */
export function answerText(call: Call, status: number, body: string): void {
  call.answer(status, 'refused', { body, type: 'text/plain; charset=utf-8', chunked: true });
}

/** 503, with the reason where callers may know it. */
export function answerUnavailable(call: Call, { revealsReasons }: Pick<AdminHost, 'revealsReasons'>, error: HostError): void {
  const shown = revealsReasons ? { body: textOf(error), type: 'text/plain; charset=utf-8' } : {};
  call.answer(503, 'failed', { ...shown, headers: RETRY_AFTER });
}

export const textOf = ({ message, hint }: HostError): string => `${[message, hint].filter(Boolean).join('\n')}\n`;
