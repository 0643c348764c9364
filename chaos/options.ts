import { parseArgs } from 'node:util';
import { readMinutes, readOnly, readSeed } from '../test/support/run-flags.ts';
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
  return {
    seed: readSeed(values.seed),
    minutes: readMinutes(values.minutes, DEFAULT_MINUTES),
    only: readOnly(
      values.only,
      faults.map(({ name }) => name),
    ),
    soak: values.soak,
    events: values.events,
  };
}
