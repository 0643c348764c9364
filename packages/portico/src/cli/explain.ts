import { HostError } from '../core/error.ts';

/** What was thrown, as standard error has it. */
export function explain(thrown: unknown): string {
  if (thrown instanceof HostError) return `portico: ${thrown.message}${thrown.hint ? `\n  → ${thrown.hint}` : ''}`;
  return `portico: a fault in Portico itself: ${thrown instanceof Error ? thrown.stack : String(thrown)}`;
}
