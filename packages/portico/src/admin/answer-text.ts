import type { Call } from '../http/call.ts';

/** A refusal with its reason. Parity: texts go out chunked (admin-auth.key-changes). */
export function answerText(call: Call, status: number, body: string): void {
  call.answer(status, 'refused', { body, type: 'text/plain; charset=utf-8', chunked: true });
}
