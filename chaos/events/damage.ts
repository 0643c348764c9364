// What was done to whom, and when: what may have touched a run.
import type { Run } from './journal.ts';

export type Damage = {
  readonly kind: DamageKind;
  readonly fromMs: number;
  /** When it was over: it ran on, or its successor was there. */
  readonly untilMs: number;
  /** Of the handler. */
  readonly pid?: number;
  /** The number of the host. */
  readonly host?: number;
};

export const damageKinds = ['kill-handler', 'freeze-handler', 'kill-host', 'stop-host', 'kill-azurite'] as const;
export type DamageKind = (typeof damageKinds)[number];

/** Between a handler's answer and the word of the storage service that the message is deleted: on a busy machine it takes its time. */
const SETTLING_MS = 5000;

/** Whether something happened to a run, or to what was to be settled after it, that makes another run honest. SIGTERM does not. */
export function isTouched(run: Run, damages: readonly Damage[]): boolean {
  const untilMs = run.ended === undefined ? Number.POSITIVE_INFINITY : run.ended.atMs + SETTLING_MS;
  return damages.some(({ kind, fromMs, untilMs: overMs, pid, host }) => {
    if (overMs < run.begunMs || fromMs > untilMs) return false;
    if (kind === 'kill-azurite') return run.ended !== undefined;
    if (kind === 'kill-host') return host === run.host;
    return kind !== 'stop-host' && pid === run.pid;
  });
}
