// Interleaved rounds: everybody is measured within a minute of everybody else, because a machine's own speed drifts over minutes.
import type { Server } from './candidates.ts';
import { calmly, isClean } from './load.ts';

export type Sample = { readonly foreignShare: number };
/** Samples by candidate, one per round. */
export type Rounds<S extends Sample> = ReadonlyMap<string, readonly S[]>;

export async function interleave<S extends Sample>(
  servers: readonly Server[],
  roundCount: number,
  measure: (server: Server) => Promise<S>,
  report: (line: string) => void,
): Promise<Rounds<S>> {
  const samples = new Map<string, S[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round < roundCount; round += 1) {
    // Every other round backwards, so that nobody always comes after the hungriest.
    for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
      const sample = await calmly(() => measure(server));
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

/** Median of the ratios within each round, over the rounds in which both were clean; over all of them when there is none. */
export function ratioOf<S extends Sample>(rounds: Rounds<S>, name: string, reference: string, figure: (sample: S) => number): number {
  const references = rounds.get(reference) ?? [];
  const pairs = (rounds.get(name) ?? []).flatMap((sample, round) => {
    const other = references[round];
    return other === undefined ? [] : [{ ratio: figure(sample) / figure(other), clean: isClean(sample) && isClean(other) }];
  });
  const clean = pairs.filter((pair) => pair.clean);
  return median((clean.length > 0 ? clean : pairs).map((pair) => pair.ratio));
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
