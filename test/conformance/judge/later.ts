// later.json: cases that are not built yet, and what each waits for. They are not run, and they are counted.
import { readFileSync } from 'node:fs';
import { globToRegExp } from '../record/scenarios.ts';

type LaterEntry = { scenario: string; waitsFor: string };
export type Later = { waitsFor(id: string): string | undefined; unused(ids: readonly string[]): string[] };

export function readLater(folder: URL): Later {
  const entries = (JSON.parse(readFileSync(new URL('later.json', folder), 'utf8')) as LaterEntry[]).map((entry) => ({
    ...entry,
    glob: globToRegExp(entry.scenario),
  }));
  return {
    waitsFor: (id) => entries.find(({ glob }) => glob.test(id))?.waitsFor,
    unused: (ids) =>
      entries.filter(({ glob }) => !ids.some((id) => glob.test(id))).map(({ scenario }) => `later.json: ${scenario}: matches nothing`),
  };
}
