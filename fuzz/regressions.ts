// Inputs that once failed, one file for each target. Every run and every `npm test` tries them first.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `was`: what was wrong. */
export type Regression = { readonly was: string; readonly input: unknown };

const fileOf = (target: string): string => fileURLToPath(new URL(`regressions/${target}.json`, import.meta.url));

export function readRegressions(target: string): readonly Regression[] {
  return existsSync(fileOf(target)) ? (JSON.parse(readFileSync(fileOf(target), 'utf8')) as Regression[]) : [];
}

export function keepRegression(target: string, regression: Regression): void {
  const kept = readRegressions(target);
  const text = JSON.stringify(regression.input);
  if (kept.some(({ input }) => JSON.stringify(input) === text)) return;
  writeFileSync(fileOf(target), `${JSON.stringify([...kept, regression], null, 2)}\n`);
}
