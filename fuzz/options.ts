import { parseArgs } from 'node:util';
import { targets } from './targets/index.ts';

export type Options = {
  readonly seed: number;
  readonly minutes: number;
  /** Names of targets, in the order of the list. */
  readonly only: readonly string[];
};

const DEFAULT_MINUTES = 10;
/** Seeds of this size are easily typed again. */
const MOST_SEEDS = 1_000_000;

export const usage = `npm run fuzz -- [flags]

  --minutes N   how long, more or less (${DEFAULT_MINUTES}); each target gets the same share
  --seed N      tries the inputs of an earlier run
  --only A,B    of ${targets.map(({ name }) => name).join(', ')}
  --help
`;

export const anySeed = (): number => Math.floor(Math.random() * MOST_SEEDS);

/** undefined: help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const seed = Number(values.seed ?? anySeed());
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed wants a whole number, not "${values.seed}".`);
  const minutes = Number(values.minutes ?? DEFAULT_MINUTES);
  if (!(minutes > 0)) throw new Error(`--minutes wants a number above 0, not "${values.minutes}".`);
  return { seed, minutes, only: chosenTargets(values.only) };
}

/** All of them when none is named. */
function chosenTargets(text: string | undefined): string[] {
  const names = targets.map(({ name }) => name);
  if (text === undefined) return names;
  const wanted = text.split(',');
  const unknown = wanted.find((word) => !names.includes(word));
  if (unknown !== undefined) throw new Error(`--only knows no "${unknown}", only ${names.join(', ')}.`);
  return names.filter((name) => wanted.includes(name));
}
