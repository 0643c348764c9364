// Interleaved rounds: everybody is measured within a minute of everybody else, because a machine's own speed drifts over minutes.
import type { Server } from './candidates.ts';
import { calmly, isClean } from './load.ts';
import type { Options } from './options.ts';

export type Sample = { readonly foreignShare: number };
/** Samples by candidate, one per round. */
export type Rounds<S extends Sample> = ReadonlyMap<string, readonly S[]>;

export async function interleave<S extends Sample>(
  servers: readonly Server[],
  { roundCount, attemptCount }: Options,
  measure: (server: Server) => Promise<S>,
  report: (line: string) => void,
): Promise<Rounds<S>> {
  const samples = new Map<string, S[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < roundCount; round += 1) {
    // Every other round backwards, so that nobody always comes after the hungriest.
    for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
      const sample = await calmly(attemptCount, () => measure(server));
      samples.get(server.name)?.push(sample);
      report(
        `round ${round + 1} of ${roundCount}: ${server.name}${isClean(sample) ? '' : ` (disturbed: ${Math.round(sample.foreignShare * 100)} % of both cores)`}`,
      );
    }
  }
  return samples;
}

/** Over the clean rounds; over all of them when none was clean. */
export function medianOf<S extends Sample>(rounds: Rounds<S>, name: string, figure: (sample: S) => number): number {
  const samples = rounds.get(name) ?? [];
  const clean = samples.filter(isClean);
  return median((clean.length > 0 ? clean : samples).map(figure));
}

/** Median of the ratios within each round, over the rounds in which both were clean; without such a round the ratio of the medians. */
export function ratioOf<S extends Sample>(rounds: Rounds<S>, name: string, reference: string, figure: (sample: S) => number): number {
  const references = rounds.get(reference) ?? [];
  const ratios = (rounds.get(name) ?? []).flatMap((sample, round) => {
    const other = references[round];
    return other !== undefined && isClean(sample) && isClean(other) ? [figure(sample) / figure(other)] : [];
  });
  return ratios.length > 0 ? median(ratios) : medianOf(rounds, name, figure) / medianOf(rounds, reference, figure);
}

/** Whether a verdict may rest on these candidates. */
export function hasCleanRounds(rounds: Rounds<Sample>, ...names: readonly string[]): boolean {
  return names.every((name) => rounds.get(name)?.some(isClean));
}

export function cleanCount(rounds: Rounds<Sample>, name: string): string {
  const samples = rounds.get(name) ?? [];
  return `${samples.filter(isClean).length}/${samples.length}`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
