import type { Call } from '../http/call.ts';

/** `headers`: further lines, each with its line break. */
export function answerJson(call: Call, value: unknown, status = 200, headers = ''): void {
  call.answer(status, 'succeeded', { body: JSON.stringify(value), type: 'application/json; charset=utf-8', headers });
}
