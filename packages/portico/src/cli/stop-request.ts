import type { Program, StopSignal } from './program.ts';

/** One key press can arrive twice: from the terminal, and from npm, which passes on what it received as well. Two presses in a hurry are further apart. */
const SAME_SIGNAL_MS = 100;

const SIGNAL_NUMBERS: Readonly<Record<StopSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** Resolves with the first signal. The next one ends the process at once, with 128 plus its number as shells have it. */
export function stopRequest({ onSignal, exit, clock }: Pick<Program, 'onSignal' | 'exit' | 'clock'>): Promise<StopSignal> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;
    onSignal((signal) => {
      firstAtMs ??= clock.monotonicMs();
      resolve(signal);
      if (clock.monotonicMs() - firstAtMs > SAME_SIGNAL_MS) exit(128 + SIGNAL_NUMBERS[signal]);
    });
  });
}
