// What people who come from `func start` type. Hidden: accepted, never shown; our own name is in flags.ts.
// https://learn.microsoft.com/azure/azure-functions/functions-core-tools-reference#func-start
import type { START_FLAGS } from './flags.ts';

export type Spelling = {
  /** Our name for it. `app` is the APP argument. Without one it has no meaning here, and the remark says why. */
  readonly means?: keyof typeof START_FLAGS | 'help' | 'app';
  /** For spellings without meaning: whether a value follows. */
  readonly takesValue?: true;
  /** Values of ours that one of theirs stands for. Left out: the same one. */
  readonly translate?: (value: string) => readonly string[];
  /** Completes "--no-build has no meaning here: ". */
  readonly remark?: string;
};

/** By name without dashes; one letter is a short flag. */
export const FUNC_SPELLINGS: Readonly<Record<string, Spelling>> = {
  h: { means: 'help' },
  p: { means: 'port' },
  'script-root': { means: 'app' },
  useHttps: { means: 'https' },
  'user-log-level': { means: 'log', translate: (level) => [`Function=${level}`, `Host.Function.Console=${level}`] },
  'enable-json-output': { means: 'json' },
  'json-output-file': { takesValue: true, remark: 'use --json and send the output to a file.' },
  enableAuth: { means: 'auth' },
  timeout: { takesValue: true, remark: 'the handler has as long to start as initializationTimeout in host.json says.' },
  t: { takesValue: true, remark: 'the handler has as long to start as initializationTimeout in host.json says.' },
  'no-build': { remark: 'nothing is built unless --build says so, or portico.json while files are watched.' },
  'language-worker': { takesValue: true, remark: 'the handler is described in host.json.' },
  'dotnet-isolated-debug': { remark: 'the handler is described in host.json.' },
  runtime: { takesValue: true, remark: 'there is one host, which follows version 4.' },
};
