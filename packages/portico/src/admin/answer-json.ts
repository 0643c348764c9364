import type { Call } from '../http/call.ts';

export function answerJson(call: Call, value: unknown, status = 200): void {
  call.answer(status, 'succeeded', { body: JSON.stringify(value), type: 'application/json; charset=utf-8' });
}
