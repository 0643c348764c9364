// What a run saw, in a folder that is not checked in: full recordings to read, normalised ones to judge, the hosts' logs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Fault, GroupOutcome } from './record/group.ts';
import type { Group } from './record/types.ts';

const RESULTS = new URL('results/', import.meta.url);
const RUN = new URL('run.json', RESULTS);

/** How a run went as a whole; a run of some scenarios only says nothing about the lists. */
export type Run = { isWhole: boolean; seconds: number; faults: Fault[] };

const text = (content: object) => `${JSON.stringify(content, null, 1)}\n`;

export function clearResults(): void {
  rmSync(RESULTS, { recursive: true, force: true });
  for (const folder of ['full', 'normalised', 'logs']) mkdirSync(new URL(`${folder}/`, RESULTS), { recursive: true });
}

export function keepGroup({ name }: Group, { recordings, log }: GroupOutcome): void {
  writeFileSync(new URL(`logs/${name}.log`, RESULTS), log);
  for (const { id, full, normalised } of recordings) {
    writeFileSync(new URL(`full/${id}.json`, RESULTS), text(full));
    writeFileSync(new URL(`normalised/${id}.json`, RESULTS), text(normalised));
  }
}

export function keepRun(run: Run): void {
  writeFileSync(RUN, text(run));
}

/** What npm test reads of it. */
export function keepSummary(summary: object): void {
  writeFileSync(new URL('summary.json', RESULTS), text(summary));
}

export function lastRun(): { run: Run; recordings: { id: string; normalised: Record<string, unknown> }[] } {
  if (!existsSync(RUN)) throw new Error('There are no results yet: run without --judge first.');
  const recordings = readdirSync(new URL('normalised/', RESULTS)).map((name) => {
    const normalised = JSON.parse(readFileSync(new URL(`normalised/${name}`, RESULTS), 'utf8')) as Record<string, unknown>;
    return { id: name.replace(/\.json$/, ''), normalised };
  });
  return { run: JSON.parse(readFileSync(RUN, 'utf8')) as Run, recordings };
}
