// What .gitignore, .funcignore and `watch.ignore` of portico.json name, by Git's rules: the last pattern that fits counts,
// an ignore file comes after those of the folders above it, and nothing comes back from a folder that is ignored.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Ignore } from 'ignore';
import { readText } from '../../config/read-text.ts';
import { withSlashes } from '../../platform/file-state.ts';
import { thisMachine } from '../../platform/machine.ts';
import { folderOf } from './handler-files.ts';

export interface IgnoreFiles {
  /** The path is relative to the root, with slashes; the folder it lies in is one that is looked into. */
  ignores(path: string, kind: 'file' | 'folder'): boolean;
  /** The folders above the root whose .gitignore counts: '..', '../..' and so on. */
  readonly above: readonly string[];
}

export type IgnoreFilesOptions = {
  readonly root: string;
  /** `watch.ignore`. It comes last, so that it may bring back what another names. */
  readonly patterns: readonly string[];
  readonly obeysFuncignore: boolean;
};

type Rules = { readonly patterns: readonly string[]; readonly matcher: Ignore };

/** Reads the ignore files of the root and above it; those below are read when somebody asks about their folder. */
export async function readIgnoreFiles({ root, patterns, obeysFuncignore }: IgnoreFilesOptions): Promise<IgnoreFiles> {
  // Most apps are not watched, and do not pay for it.
  const { default: ignore } = await import('ignore');
  // As Git is set up where the names of files ignore case.
  const ignoreCase = thisMachine.platform === 'darwin' || thisMachine.platform === 'win32';

  const startingAt = (top: string): IgnoreFiles => {
    const place = withSlashes(relative(top, root));
    const prefix = place === '' ? '' : `${place}/`;
    const placeOf = (folder: string): string => withSlashes(relative(top, join(root, folder)));
    const patternsOf = (folder: string): string[] => patternsIn(join(root, folder, '.gitignore'), placeOf(folder));
    const own = patterns.flatMap((line) => rebase(line, place));
    const toRules = (all: readonly string[]): Rules => ({ patterns: all, matcher: ignore({ ignoreCase }).add([...all, ...own]) });
    const above = stepsUp(root, top);
    const inFuncignore = obeysFuncignore ? patternsIn(join(root, '.funcignore'), place) : [];
    const known = new Map([['', toRules([...above.toReversed().flatMap(patternsOf), ...patternsOf(''), ...inFuncignore])]]);

    const rulesOf = (folder: string): Rules => {
      const found = known.get(folder);
      if (found !== undefined) return found;
      const inherited = rulesOf(folderOf(folder));
      const added = patternsOf(folder);
      const rules = added.length === 0 ? inherited : toRules([...inherited.patterns, ...added]);
      known.set(folder, rules);
      return rules;
    };
    return {
      above,
      ignores: (path, kind) => rulesOf(folderOf(path)).matcher.ignores(`${prefix}${path}${kind === 'folder' && path !== '' ? '/' : ''}`),
    };
  };

  const top = repositoryOf(root);
  const files = startingAt(top);
  // An app in a folder that its repository ignores is served all the same, so the repository has no say in it.
  return top !== root && files.ignores('', 'folder') ? startingAt(root) : files;
}

/** The folder with .git, or the root where there is none. */
function repositoryOf(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return root;
  }
}

function stepsUp(root: string, top: string): string[] {
  const steps: string[] = [];
  for (let folder = root; folder !== top; folder = dirname(folder)) steps.push(steps.length === 0 ? '..' : `${steps.at(-1)}/..`);
  return steps;
}

function patternsIn(file: string, folder: string): string[] {
  // Absent or unreadable, as Git sees it too: nothing is ignored.
  const text = readText(file)?.text?.replace(/^\uFEFF/, '') ?? '';
  return text.split(/\r?\n/).flatMap((line) => rebase(line, folder));
}

/** Says of the top what the line says of that folder below it. */
export function rebase(line: string, folder: string): string[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  if (folder === '') return [line];
  const isNegated = line.startsWith('!');
  // What the backslash protects is not at the start any more.
  const pattern = line.slice(isNegated ? 1 : 0).replace(/^\\(?=[!#])/, '');
  if (/^\/?\s*$/.test(pattern)) return [];
  const isAnchored = /\/(?!\s*$)/.test(pattern);
  const literally = folder.replaceAll(/[\\*?[\]]/g, '\\$&');
  return [`${isNegated ? '!' : ''}/${literally}/${isAnchored ? pattern.replace(/^\//, '') : `**/${pattern}`}`];
}
