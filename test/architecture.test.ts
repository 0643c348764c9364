// Which folder of the host may know which. A change of this table is a change of its own, with its reason.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SOURCE = fileURLToPath(new URL('../packages/portico/src/', import.meta.url));

const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  platform: ['core'],
  // From bindings: what each type of binding may hold, declared in its folder.
  config: ['core', 'bindings'],
  azure: ['core'],
  bindings: ['core', 'azure'],
  state: ['core', 'azure', 'platform'],
  keys: ['core', 'azure', 'platform'],
  emulator: ['core', 'platform'],
  worker: ['core', 'platform'],
  invocation: ['core', 'platform', 'worker'],
  // From worker: the channel a request is written to, and its types.
  // From keys: whose key a caller has.
  http: ['core', 'platform', 'worker', 'invocation', 'keys'],
  admin: ['core', 'platform', 'http', 'invocation', 'keys'],
  host: ['core', 'config', 'platform', 'azure', 'bindings', 'state', 'keys', 'emulator', 'worker', 'invocation', 'http', 'admin'],
  // From azure, bindings and keys: `portico queue` and `portico keys`, which work without a host.
  cli: ['core', 'config', 'platform', 'azure', 'bindings', 'keys', 'host'],
  testing: ['core'],
  // The library's entry point, which names the types of what it hands out.
  '.': ['core', 'host', 'http'],
};

/** Files that may read the clock themselves, each with its reason. */
const READS_THE_CLOCK: Record<string, string> = {};

type Import = { from: string; to: string; isType: boolean };

const files = globSync('**/*.ts', { cwd: SOURCE, exclude: ['**/*.test.ts'] }).sort();
const codeOf = new Map(files.map((file) => [file, withoutCommentsAndTexts(readFileSync(join(SOURCE, file), 'utf8'))]));
const imports = files.flatMap(importsOf);
const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] as string) : '.');

/** Texts stay where a module is named; elsewhere they may speak of anything. */
function withoutCommentsAndTexts(source: string): string {
  const isName = /(?:\bfrom|\bimport|\bimport\()\s*$/;
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, (found, at: number) => {
    if (found.startsWith('/')) return '';
    return isName.test(source.slice(Math.max(0, at - 20), at)) ? found : "''";
  });
}

function importsOf(file: string): Import[] {
  const code = codeOf.get(file) ?? '';
  const found = code.matchAll(/\b(?:import|export)\s+(type\s)?[^'";]*?from\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, isType, name, bare]) => ({ from: file, to: name ?? bare ?? '', isType: isType !== undefined }));
}

const isRelative = ({ to }: Import) => to.startsWith('.');
const targetOf = ({ from, to }: Import) => normalize(join(dirname(from), to));

describe('the folders of the host', () => {
  test('are read, every one of them', () => {
    expect(new Set(files.map(folderOf))).toEqual(new Set(Object.keys(MAY_IMPORT)));
    expect(imports.length).toBeGreaterThan(files.length);
    expect(
      imports
        .filter(isRelative)
        .map(targetOf)
        .filter((file) => file.endsWith('.ts') && !files.includes(file)),
    ).toEqual([]);
  });

  test('import only what the table allows', () => {
    const strangers = imports.filter(isRelative).filter((one) => {
      const [from, to] = [folderOf(one.from), folderOf(targetOf(one))];
      return targetOf(one).endsWith('.ts') && from !== to && !MAY_IMPORT[from]?.includes(to);
    });
    expect(strangers.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  test('hold no import cycle', () => {
    expect(firstCycle()).toBeUndefined();
  });
});

/** A chain of files that ends where it begins; what is imported as a type only is gone when the program runs. */
function firstCycle(): string[] | undefined {
  const next = Map.groupBy(
    imports.filter((one) => isRelative(one) && !one.isType),
    ({ from }) => from,
  );
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const one of next.get(file) ?? []) {
      const cycle = visit(targetOf(one), [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('what touches the machine', () => {
  const filesWith = (pattern: RegExp, allowed: readonly string[]) =>
    files.filter((file) => !allowed.includes(folderOf(file)) && pattern.test(codeOf.get(file) ?? ''));

  test('only platform/ and cli/ speak to the process', () => {
    expect(
      filesWith(/node:process|\bprocess\.(env|argv|cwd|exit|platform|arch|stdin|stdout|stderr|hrtime|execPath|versions?)\b/, [
        'platform',
        'cli',
      ]),
    ).toEqual([]);
  });

  test('only platform/ starts processes', () => {
    expect(filesWith(/node:child_process/, ['platform'])).toEqual([]);
  });

  test('only platform/ reads the clock', () => {
    const readers = filesWith(/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, ['platform', 'testing']);
    expect(readers).toEqual(Object.keys(READS_THE_CLOCK));
  });

  test('only cli/ prints or exits', () => {
    expect(filesWith(/\bconsole\.\w|\bprocess\.(stdout|stderr|exit)\b/, ['cli'])).toEqual([]);
  });
});
