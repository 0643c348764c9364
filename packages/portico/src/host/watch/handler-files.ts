// Which of the app's files the handler is started from, as far as host.json tells. Paths are relative to the root, with slashes.
import { extname, isAbsolute, posix, relative, resolve } from 'node:path';
import type { AppSettings, HandlerConfig } from '../../core/function-app.ts';
import { withSlashes } from '../../platform/file-state.ts';
import { thisMachine } from '../../platform/machine.ts';
import { expandSettings, resolveCommand } from '../../worker/command.ts';

export type HandlerFiles = {
  /** What a compiler makes: whole in itself. */
  readonly programs: readonly string[];
  /** What an interpreter reads, together with others of its kind. */
  readonly scripts: readonly string[];
  /** Folders that have to be there for a start. */
  readonly places: readonly string[];
  /** Where anything lies that the command names with its folder, be it code or something else. */
  readonly folders: readonly string[];
};

const SCRIPT = /\.(?:[cm]?[jt]sx?|py|rb|php|pl|lua|r|jl|exs?|sh|bash|ps1|cmd|bat|csx|fsx|kts)$/i;
const COMPILED = /\.(?:jar|dll|exe|wasm)$/i;

export function findHandlerFiles(root: string, handler: HandlerConfig | undefined, settings: AppSettings): HandlerFiles {
  if (handler === undefined) return { programs: [], scripts: [], places: [], folders: [] };
  const { file, args, cwd, directory } = resolveCommand(handler, { root, environment: settings, port: 0, workerId: '' });
  const inApp = (folder: string, path: string): string[] => {
    const found = withSlashes(relative(root, resolve(folder, path)));
    return found === '' || found === '..' || found.startsWith('../') || isAbsolute(found) ? [] : [found];
  };
  const words = args.filter((argument) => !argument.startsWith('-'));
  // No other argument: it may name what the handler writes, a database for example.
  const code = words.filter((word) => SCRIPT.test(word) || COMPILED.test(word));
  const worker = handler.workerPath === undefined ? [] : inApp(directory, expandSettings(handler.workerPath, settings));
  const files = new Set([...inApp(directory, file), ...worker, ...code.flatMap((word) => inApp(cwd, word))]);
  const named = [...files, ...words.filter((word) => /[\\/]/.test(word)).flatMap((word) => inApp(cwd, word))];
  return {
    programs: [...files].filter((path) => !SCRIPT.test(path)).flatMap(namesOnDisk),
    scripts: [...files].filter((path) => SCRIPT.test(path)),
    places: [...inApp(root, cwd), ...inApp(root, directory)],
    folders: named.map(folderOf),
  };
}

/** host.json may leave out what Windows adds. */
function namesOnDisk(program: string): string[] {
  return thisMachine.platform === 'win32' && extname(program) === '' ? [program, `${program}.exe`] : [program];
}

/** Whether an interpreter may read that file together with the script: it is of its kind, and lies beside it or below. */
export function belongsToScript(script: string, path: string): boolean {
  return extname(path) === extname(script) && isWithin(folderOf(script), path);
}

/** '' is the root. */
export function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === '.' ? '' : folder;
}

export function isWithin(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
