import type { CandidateName, Workshop } from './candidates.ts';
import type { Figures } from './goals.ts';
import type { Options } from './options.ts';

/** What every measure gets. */
export type Bench = {
  readonly workshop: Workshop;
  readonly options: Options;
  /** The candidates of `wanted` that this run is about, in that order. */
  chosen(wanted: readonly CandidateName[]): CandidateName[];
  /** One line of progress. */
  report(line: string): void;
};

export type Outcome = {
  readonly tables: readonly string[];
  readonly figures: Figures;
  /** Everything measured, for the result file. */
  readonly samples: unknown;
};

export type Measure = (bench: Bench) => Promise<Outcome>;
