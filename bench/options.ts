import { parseArgs } from 'node:util';
import { type CandidateName, candidateNames } from './candidates.ts';

export type Options = {
  /** Node that runs Portico and the proxies written for Node. */
  readonly nodePath: string;
  readonly roundCount: number;
  readonly loadSeconds: number;
  readonly startCount: number;
  /** How often a load is tried until nobody disturbs it. */
  readonly attemptCount: number;
  readonly quick: boolean;
  readonly measures: readonly MeasureName[];
  readonly candidates: readonly CandidateName[];
  /** Another clone of Portico, built, whose start is compared with this one's. */
  readonly against: string | undefined;
};

const measureNames = ['throughput', 'headers', 'bodies', 'latency', 'memory', 'startup', 'routing', 'queues', 'idle', 'timers'] as const;
export type MeasureName = (typeof measureNames)[number];

export const usage = `npm run bench -- [flags]

  --quick             a few minutes: one short round, no 64 MB and 1 GB bodies, 10,000 queue messages
  --only A,B          of ${measureNames.join(', ')}
  --candidates A,B    of ${candidateNames.join(', ')}
  --rounds N          rounds per measure (5; --quick 1)
  --node PATH         Node for Portico and the Node proxies (the one that runs this)
  --against FOLDER    another clone of Portico, built: startup compares the two
  --help
`;

/** undefined: help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      candidates: { type: 'string', default: '' },
      rounds: { type: 'string' },
      node: { type: 'string', default: process.execPath },
      against: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const roundCount = Number(values.rounds ?? (values.quick ? 1 : 5));
  if (!Number.isInteger(roundCount) || roundCount < 1) throw new Error(`--rounds wants a whole number from 1, not "${values.rounds}".`);
  return {
    nodePath: values.node,
    roundCount,
    loadSeconds: values.quick ? 2 : 4,
    startCount: values.quick ? 5 : 20,
    attemptCount: values.quick ? 2 : 5,
    quick: values.quick,
    measures: chosenOf(measureNames, values.only, '--only'),
    candidates: chosenOf(candidateNames, values.candidates, '--candidates'),
    against: values.against,
  };
}

/** All of them when none is named. */
function chosenOf<Name extends string>(names: readonly Name[], text: string, flag: string): readonly Name[] {
  if (text === '') return names;
  const wanted = text.split(',');
  const unknown = wanted.find((word) => !names.some((name) => name === word));
  if (unknown !== undefined) throw new Error(`${flag} knows no "${unknown}", only ${names.join(', ')}.`);
  return names.filter((name) => wanted.includes(name));
}
