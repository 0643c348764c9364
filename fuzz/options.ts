import { parseArgs } from 'node:util';
import { readMinutes, readOnly, readSeed } from '../test/support/run-flags.ts';
import { targets } from './targets/index.ts';

export type Options = {
  readonly seed: number;
  readonly minutes: number;
  /** Names of targets, in the order of the list. */
  readonly only: readonly string[];
};

const DEFAULT_MINUTES = 10;

export const usage = `npm run fuzz -- [flags]

  --minutes N   how long, more or less (${DEFAULT_MINUTES}); each target gets the same share
  --seed N      tries the inputs of an earlier run
  --only A,B    of ${targets.map(({ name }) => name).join(', ')}
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
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    seed: readSeed(values.seed),
    minutes: readMinutes(values.minutes, DEFAULT_MINUTES),
    only: readOnly(
      values.only,
      targets.map(({ name }) => name),
    ),
  };
}
