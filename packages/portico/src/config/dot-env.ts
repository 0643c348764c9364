// .env and .env.local. Node reads the values; what it skips in silence is found here.
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Problem } from '../core/problem.ts';
import { fileUnreadable } from '../core/problems/any-file.ts';
import { dotEnvLineUnreadable, dotEnvQuoteOpen } from '../core/problems/settings.ts';
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
  problems.push(...checkLines(read.text).map((problem) => ({ ...problem, file })));
  return Object.entries(parseEnv(read.text)).map(([name, value = '']) => ({ name, value, place: { file } }));
}

/** Says nothing of what is written: it may be a secret. */
function checkLines(text: string): Problem[] {
  const problems: Problem[] = [];
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const written = lines[index] ?? '';
    if (NOTHING.test(written)) continue;
    const { name = '', quote = '', rest = '' } = SETTING.exec(written)?.groups ?? {};
    if (name === '') problems.push({ ...dotEnvLineUnreadable(), line: index + 1 });
    if (quote === '' || rest.includes(quote)) continue;
    // A value in quotes may go on over the next lines.
    const closing = lines.findIndex((line, other) => other > index && line.includes(quote));
    if (closing === -1) problems.push({ ...dotEnvQuoteOpen(name, quote), line: index + 1 });
    else index = closing;
  }
  return problems;
}
