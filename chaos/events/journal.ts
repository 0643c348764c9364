// What the handlers wrote down: one run for each time that one was asked.
import { existsSync, readFileSync } from 'node:fs';

export type Run = {
  readonly functionName: string;
  readonly key: string;
  readonly pid: number;
  /** The number of the host that the handler belongs to. */
  readonly host: number;
  readonly begunMs: number;
  /** Undefined: it never got so far. */
  readonly ended: { readonly atMs: number; readonly succeeds: boolean } | undefined;
};

type Line = { run: string } & ({ endedMs: number; succeeds: boolean } | Omit<Run, 'ended'>);

/** In the order in which they began. */
export function readJournal(file: string): Run[] {
  const runs = new Map<string, Run>();
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  for (const { run, ...line } of lines.map((text): Line => JSON.parse(text))) {
    const begun = runs.get(run);
    if (!('endedMs' in line)) runs.set(run, { ...line, ended: undefined });
    else if (begun !== undefined) runs.set(run, { ...begun, ended: { atMs: line.endedMs, succeeds: line.succeeds } });
  }
  return [...runs.values()].toSorted((one, other) => one.begunMs - other.begunMs);
}
