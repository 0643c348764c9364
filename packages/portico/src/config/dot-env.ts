// .env and .env.local. Node reads the values; what it skips in silence is found here.
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Problem } from '../core/problem.ts';
import { fileUnreadable } from '../core/problems/any-file.ts';
import { dotEnvLineUnreadable, dotEnvNameRepeated, dotEnvQuoteOpen } from '../core/problems/settings.ts';
import type { FileSetting } from './local-settings.ts';
import { readText } from './read-text.ts';

const NOTHING = /^\s*(#.*)?$/;
const SETTING = /^\s*(?:export\s+)?(?<name>[^\s=][^=]*?)\s*=\s*(?<quote>["'`]?)(?<rest>.*)$/;

export function readDotEnv(root: string, file: string, problems: Problem[]): FileSetting[] {
  const read = readText(join(root, file));
  if (!read) return [];
  if (read.text === undefined) {
    problems.push({ ...fileUnreadable(read.reason), severity: 'warning', file });
    return [];
  }
  const text = read.text.replace(/^\ufeff/, '');
  const { lineOf, problems: found } = checkLines(text);
  problems.push(...found.map((problem) => ({ ...problem, file })));
  return Object.entries(parseEnv(text)).map(([name, value = '']) => {
    const line = lineOf.get(name);
    return { name, value, place: { file, ...(line !== undefined && { line }) } };
  });
}

type Lines = {
  /** By name; of one that is written more than once, where it is written last. */
  readonly lineOf: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
};

/** Says nothing of what is written: it may be a secret. */
function checkLines(text: string): Lines {
  const problems: Problem[] = [];
  const lineOf = new Map<string, number>();
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const written = lines[index] ?? '';
    if (NOTHING.test(written)) continue;
    const { name = '', quote = '', rest = '' } = SETTING.exec(written)?.groups ?? {};
    const line = index + 1;
    const before = lineOf.get(name);
    if (name === '') problems.push({ ...dotEnvLineUnreadable(), line });
    else lineOf.set(name, line);
    if (before !== undefined) problems.push({ ...dotEnvNameRepeated(name, before), line });
    if (quote === '' || rest.includes(quote)) continue;
    // A value in quotes may go on over the next lines.
    const closing = lines.findIndex((other, at) => at > index && other.includes(quote));
    if (closing === -1) problems.push({ ...dotEnvQuoteOpen(name, quote), line });
    else index = closing;
  }
  return { lineOf, problems };
}
