// From the description of the handler in host.json to what is started. Parity: the original's steps in their order, with what is odd about them.
import { isAbsolute, resolve } from 'node:path';
import type { AppSettings, HandlerConfig } from '../core/function-app.ts';
import { splitArguments } from './arguments.ts';
import { isFile } from './preflight-files.ts';

export type WorkerCommand = {
  /** An absolute path, or a name for the system to look up on PATH. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where a relative `file` was looked for in vain. */
  readonly directory: string;
  /** The command as host.json has it, for messages: a setting's value, which may be secret, is not in it. */
  readonly written: string;
  /** The section of host.json that describes it, for messages. */
  readonly section: HandlerConfig['section'];
  /** Names between percent signs that no setting has; they were removed. */
  readonly unknownNames: readonly string[];
};

export type WorkerPlace = {
  /** The app root. */
  readonly root: string;
  readonly environment: AppSettings;
  readonly port: number;
  readonly workerId: string;
};

export function resolveCommand(handler: HandlerConfig, { root, environment, port, workerId }: WorkerPlace): WorkerCommand {
  const own = {
    FUNCTIONS_CUSTOMHANDLER_PORT: String(port),
    FUNCTIONS_HTTPWORKER_PORT: String(port),
    FUNCTIONS_CUSTOMHANDLER_WORKER_ID: workerId,
    FUNCTIONS_HTTPWORKER_ID: workerId,
    FUNCTIONS_APP_ROOT_PATH: root,
  };
  const env = { ...environment, ...own };
  const directory = resolve(root, handler.workerDirectory ?? '');
  // Parity: one string, in which neither blanks nor quotes of an argument are escaped.
  let line = handler.arguments.map((argument) => ` ${expandSettings(argument, env)}`).join('');
  if (handler.workerPath) line += ` "${toExisting(expandSettings(handler.workerPath, env), directory)}"`;
  line += handler.workerArguments.map((argument) => ` ${argument}`).join('');
  for (const [name, value] of Object.entries(own)) line = line.replaceAll(`%${name}%`, () => value);

  const unknownNames: string[] = [];
  line = line.replace(/%(.+?)%/g, (_, name: string) => {
    unknownNames.push(name);
    return '';
  });
  return {
    file: toExisting(expandSettings(handler.executablePath, environment), directory),
    args: splitArguments(line),
    cwd: resolve(root, handler.workingDirectory ?? ''),
    env,
    directory,
    written: [handler.executablePath, ...handler.arguments, handler.workerPath, ...handler.workerArguments].filter(Boolean).join(' '),
    section: handler.section,
    unknownNames,
  };
}

/** Parity: a name that is not set stays as typed, and its closing percent sign may open the next name. */
export function expandSettings(text: string, settings: AppSettings): string {
  const [start = '', ...parts] = text.split('%');
  let expanded = start;
  for (let index = 0; index < parts.length; index++) {
    const name = parts[index] ?? '';
    const closed = index < parts.length - 1;
    if (closed && Object.hasOwn(settings, name)) expanded += `${settings[name]}${parts[++index]}`;
    else expanded += `%${name}`;
  }
  return expanded;
}

function toExisting(path: string, directory: string): string {
  if (isAbsolute(path)) return path;
  const inDirectory = resolve(directory, path);
  return isFile(inDirectory) ? inDirectory : path;
}
