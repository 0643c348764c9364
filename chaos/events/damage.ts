// What was done to whom, and when: what may have touched a run.
import type { Run } from './journal.ts';

export type Damage = {
  readonly kind: DamageKind;
  readonly fromMs: number;
  /** When it was over: it ran on, or its successor was there. A handler that ran on may be ended for it a moment later. */
  readonly untilMs: number;
  /** Of the handler. */
  readonly pid?: number;
  /** The number of the host. */
  readonly host?: number;
};

export const damageKinds = ['kill-handler', 'freeze-handler', 'kill-host', 'stop-host', 'kill-azurite'] as const;
export type DamageKind = (typeof damageKinds)[number];

/** Between a handler's answer and the word of the storage service that the message is deleted: on a busy machine it takes its time. */
const SETTLING_MS = 2000;

/** Whether something happened to a run, or to what was to be settled after it, that makes another run honest. SIGTERM does not. */
export function isTouched(run: Run, damages: readonly Damage[]): boolean {
  const untilMs = run.ended === undefined ? Number.POSITIVE_INFINITY : run.ended.atMs + SETTLING_MS;
  return damages.some(({ kind, fromMs, untilMs: overMs, pid, host }) => {
    const afterMs = kind === 'freeze-handler' ? SETTLING_MS : 0;
    if (overMs + afterMs < run.begunMs || fromMs > untilMs) return false;
    if (kind === 'kill-azurite') return run.ended !== undefined;
    if (kind === 'kill-host') return host === run.host;
    return kind !== 'stop-host' && pid === run.pid;
  });
}

/** So soon a handler that runs on takes up what it had been sent before. */
const THAW_MS = 200;

/** Whether a handler took up, once it was thawed, what its host had given up meanwhile: it begins late, and does not know that nobody takes its answer. */
export function beganLate({ begunMs, pid }: Run, damages: readonly Damage[]): boolean {
  return damages.some((one) => one.kind === 'freeze-handler' && one.pid === pid && Math.abs(begunMs - one.untilMs) < THAW_MS);
}

/**
 * Whoever looks for blobs puts a message into the host's own queue for each, and then a receipt beside it. What ends in between puts it there again,
 * so that a blob may run twice if something happened between its upload and its run.
 */
export function wasSearchTouched(sentMs: number, { begunMs }: Run, damages: readonly Damage[]): boolean {
  return damages.some(({ kind, fromMs, untilMs }) => ENDS_SEARCH.has(kind) && untilMs >= sentMs && fromMs <= begunMs);
}

const ENDS_SEARCH: ReadonlySet<DamageKind> = new Set(['kill-azurite', 'kill-host']);
