import type { Clock } from '../core/clock.ts';

/** The value of a Date header, made once a second. https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats */
export function createHttpDate(clock: Pick<Clock, 'now'>): () => string {
  let second = -1;
  let text = '';
  return () => {
    const now = clock.now();
    const current = Math.floor(now.getTime() / 1000);
    if (current !== second) {
      second = current;
      text = now.toUTCString();
    }
    return text;
  };
}
