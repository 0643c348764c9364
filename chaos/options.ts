import { parseArgs } from 'node:util';
import { faults } from './faults/index.ts';

export type Options = {
  readonly seed: number;
  readonly minutes: number;
  /** Names of faults, in the order of the list. */
  readonly only: readonly string[];
  readonly soak: boolean;
  readonly events: boolean;
};

const DEFAULT_MINUTES = 10;
/** Seeds of this size are easily typed again. */
const MOST_SEEDS = 1_000_000;

export const usage = `npm run chaos -- [flags]

  --minutes N   how long, more or less (${DEFAULT_MINUTES}); all faults together take four at least
  --seed N      repeats the choices of an earlier run
  --only A,B    of ${faults.map(({ name }) => name).join(', ')}
  --soak        no faults: full load in all modes, and whether memory and descriptors stay flat
  --events      queues, blobs and timers: several hosts on one app, and every message accounted for
  --help
`;

/** undefined: help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string' },
      only: { type: 'string' },
      soak: { type: 'boolean', default: false },
      events: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const alone = (['soak', 'events'] as const).filter((name) => values[name]);
  if (alone.length > 1) throw new Error('--soak and --events are two runs.');
  if (alone.length > 0 && values.only !== undefined)
    throw new Error(`--${alone[0]} has no faults to choose, so --only has no meaning with it.`);
  const seed = Number(values.seed ?? Math.floor(Math.random() * MOST_SEEDS));
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed wants a whole number, not "${values.seed}".`);
  const minutes = Number(values.minutes ?? DEFAULT_MINUTES);
  if (!(minutes > 0)) throw new Error(`--minutes wants a number above 0, not "${values.minutes}".`);
  return { seed, minutes, only: chosenFaults(values.only), soak: values.soak, events: values.events };
}

/** All of them when none is named. */
function chosenFaults(text: string | undefined): string[] {
  const names = faults.map(({ name }) => name);
  if (text === undefined) return names;
  const wanted = text.split(',');
  const unknown = wanted.find((word) => !names.includes(word));
  if (unknown !== undefined) throw new Error(`--only knows no "${unknown}", only ${names.join(', ')}.`);
  return names.filter((name) => wanted.includes(name));
}
