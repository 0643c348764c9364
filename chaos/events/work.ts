// What producers send, and how it is told apart. event-work.cjs reads the texts.
import type { Random } from '../random.ts';

export const sources = ['Work', 'Relay', 'Files'] as const;
/** A function with work that is counted: a queue, a queue whose messages go on to another one, and a container. */
export type Source = (typeof sources)[number];
export const TIMER = 'Tick';

/** flaky: the first try is answered with 500. doomed: each one. */
export type Kind = 'plain' | 'flaky' | 'doomed';

/** One message, or one version of one blob. */
export type Work = { readonly source: Source; readonly key: string; readonly kind: Kind; readonly text: string };

export type Sent = Work & { readonly sentMs: number };

/** So that some are under way at any moment, and each kind of damage meets one. */
const LONGEST_WORK_MS = 1000;

export function createWork(random: Random): (source: Source, key: string) => Work {
  return (source, key) => {
    // Nobody says of a blob how often it was tried, so of these none is doomed.
    const kind = random.pick(source === 'Files' ? ['plain', 'plain', 'plain', 'flaky'] : KINDS);
    return { source, key, kind, text: `${key} ${kind} ${random.below(LONGEST_WORK_MS)}` };
  };
}

const KINDS = ['plain', 'plain', 'plain', 'plain', 'plain', 'plain', 'flaky', 'flaky', 'doomed'] as const;

export const keyOf = (text: string): string => text.split(' ')[0] ?? '';
