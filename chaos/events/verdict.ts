// What became of everything that was sent: each message and each version of a blob is handled, in the poison queue, or still in its queue.
import { type Check, none } from '../checks.ts';
import { beganLate, type Damage, isTouched, wasSearchTouched } from './damage.ts';
import type { Run } from './journal.ts';
import { type Sent, type Source, sources, TIMER } from './work.ts';

/** How often each key was found. */
export type Found = ReadonlyMap<string, number>;

export type Evidence = {
  /** Acknowledged by the storage service. */
  readonly sent: readonly Sent[];
  /** Sent, and never acknowledged: they may be there or not. */
  readonly unsure: readonly Sent[];
  readonly runs: readonly Run[];
  readonly damages: readonly Damage[];
  readonly poison: Found;
  /** In the queue that Relay writes to. */
  readonly relayed: Found;
  /** Still in their queue. */
  readonly left: Found;
};

export type Tally = {
  sent: number;
  handled: number;
  /** Of these, more than once, honestly: after a failure, or because something touched the run before. */
  again: number;
  poison: number;
  left: number;
  unsure: number;
  lost: number;
  /** Run once more although nothing had happened. */
  doubled: number;
};

export type Verdict = { readonly tallies: ReadonlyMap<Source, Tally>; readonly ticks: Ticks; readonly checks: readonly Check[] };
export type Ticks = { readonly fired: number; readonly longestGapS: number; readonly doubled: number };

export function judge(evidence: Evidence): Verdict {
  const { sent, unsure, runs, damages, poison, relayed, left } = evidence;
  const byKey = Map.groupBy(runs, ({ functionName, key }) => nameOf(functionName, key));
  const runsOf = (functionName: string, key: string) => byKey.get(nameOf(functionName, key)) ?? [];
  const lost: string[] = [];
  const doubled: string[] = [];
  const relayedTwice: string[] = [];
  const wronglyPoisoned: string[] = [];
  const poisonedTwice: string[] = [];
  const unexplainedEnds: string[] = [];

  const tallies = new Map(sources.map((source): [Source, Tally] => [source, emptyTally()]));
  const count = (work: Sent, isSure: boolean): void => {
    const tally = tallies.get(work.source) ?? emptyTally();
    const { source, key } = work;
    const own = runsOf(source, key);
    const name = nameOf(source, key);
    const isHandled = source === 'Relay' ? relayed.has(key) : own.some(({ ended }) => ended?.succeeds);
    const places = [isHandled, poison.has(key), left.has(key)];
    tally[isSure ? 'sent' : 'unsure'] += 1;
    if (isHandled) tally.handled += 1;
    if (poison.has(key)) tally.poison += 1;
    if (left.has(key)) tally.left += 1;
    if (isSure && !places.includes(true)) {
      tally.lost += 1;
      lost.push(`${name} (${describe(own)})`);
    }
    // What begins late is an earlier run than it looks, and was given up.
    const repeated = own.filter((run) => !beganLate(run, damages)).slice(0, -1);
    const wasSearched = (run: Run) => source === 'Files' && wasSearchTouched(work.sentMs, run, damages);
    const unexplained = repeated.filter((run) => !mayRunAgain(run) && !wasSearched(run));
    if (unexplained.length > 0) {
      tally.doubled += 1;
      doubled.push(`${name} (${describe(own)})`);
    } else if (isHandled && own.length > 1) tally.again += 1;
    if (poison.has(key) && own.some((run) => !mayRunAgain(run))) wronglyPoisoned.push(`${name} (${describe(own)})`);
    const last = own.at(-1);
    const isLastTouched = last === undefined || isTouched(last, damages);
    if ((poison.get(key) ?? 0) > 1 && !isLastTouched) poisonedTwice.push(name);
    if ((relayed.get(key) ?? 0) > own.filter(mayHaveWritten).length) relayedTwice.push(`${name}, ${relayed.get(key)} times`);
  };
  for (const work of sent) count(work, true);
  for (const work of unsure) count(work, false);
  for (const run of runs)
    if (run.ended === undefined && !isTouched(run, damages))
      unexplainedEnds.push(`${nameOf(run.functionName, run.key)} (${describe([run])})`);

  const known = new Set([...sent, ...unsure].map(({ source, key }) => nameOf(source, key)));
  const strange = runs.filter(({ functionName, key }) => functionName !== TIMER && !known.has(nameOf(functionName, key)));
  const ticks = judgeTicks();
  return {
    tallies,
    ticks: { ...ticks, doubled: ticks.doubled.length },
    checks: [
      none('messages and blobs lost: 0', lost),
      none('run again although nothing had happened: 0', doubled),
      none('output of a run written twice: 0', relayedTwice),
      none('in the poison queue without a failure: 0', wronglyPoisoned),
      none('in the poison queue twice although nothing had happened: 0', poisonedTwice),
      none('runs that end nowhere although nothing had happened: 0', unexplainedEnds),
      none(
        'runs for what nobody has sent: 0',
        strange.map(({ functionName, key }) => nameOf(functionName, key)),
      ),
      none('seconds in which a timer fires twice although nothing had happened: 0', ticks.doubled),
    ],
  };

  function mayRunAgain(run: Run): boolean {
    return run.ended?.succeeds !== true || isTouched(run, damages);
  }

  function mayHaveWritten({ ended }: Run): boolean {
    return ended?.succeeds === true;
  }

  function judgeTicks() {
    const bySecond = Map.groupBy(
      runs.filter(({ functionName }) => functionName === TIMER),
      ({ key }) => key,
    );
    const twice = [...bySecond].filter(([, ofSecond]) => ofSecond.slice(0, -1).some((run) => !isTouched(run, damages)));
    const seconds = [...bySecond.keys()].map((key) => Date.parse(`${key}Z`) / 1000).toSorted((one, other) => one - other);
    const gaps = seconds.slice(1).map((second, index) => second - (seconds[index] ?? second));
    return {
      fired: seconds.length,
      longestGapS: Math.max(0, ...gaps),
      doubled: twice.map(([key, ofSecond]) => `${key} (${describe(ofSecond)})`),
    };
  }
}

const emptyTally = (): Tally => ({ sent: 0, handled: 0, again: 0, poison: 0, left: 0, unsure: 0, lost: 0, doubled: 0 });

const nameOf = (functionName: string, key: string): string => `${functionName} ${key}`;

function describe(runs: readonly Run[]): string {
  if (runs.length === 0) return 'never run';
  return runs
    .map(({ host, pid, begunMs, ended }) => {
      const end = ended === undefined ? 'no end' : `${ended.succeeds ? 200 : 500} after ${ended.atMs - begunMs} ms`;
      return `${new Date(begunMs).toISOString().slice(11, 23)} host ${host} handler ${pid}: ${end}`;
    })
    .join(', ');
}
