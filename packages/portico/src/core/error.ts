// Errors that cross a folder, and nothing else. All of them are declared in errors/, a file for each subject.

/** usage: the command line, whose faults have an exit code of their own. */
export type ErrorKind = 'usage' | 'config' | 'worker' | 'service' | 'internal';

/** What a catalogue entry says of one occurrence. */
export type ErrorText = {
  /** What was wrong, where, and what was found. One sentence; may hold line breaks for quoted output. */
  readonly message: string;
  /** What the reader does next. */
  readonly hint?: string;
  readonly cause?: unknown;
};

/** The only exception that crosses a folder. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(code: string, kind: ErrorKind, { message, hint, cause }: ErrorText) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.kind = kind;
    this.hint = hint;
  }
}

/** Declares one kind of error. The code is words in capitals, never reused; docs/errors.md has an anchor for each. */
export function defineError<Facts extends unknown[]>(
  code: string,
  kind: ErrorKind,
  describe: (...facts: Facts) => ErrorText,
): ((...facts: Facts) => HostError) & { readonly code: string; readonly kind: ErrorKind } {
  return Object.assign((...facts: Facts) => new HostError(code, kind, describe(...facts)), { code, kind });
}

/** The message of anything that was thrown, for people. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Rights would not help: a file is where a folder has to be, or the other way round. */
const IN_THE_WAY: readonly unknown[] = ['EEXIST', 'ENOTDIR', 'EISDIR'];

/** What to do about that; undefined: it is not why the file system refuses. */
export function adviceIfInTheWay(code: unknown): string | undefined {
  return IN_THE_WAY.includes(code) ? 'Something else has that name, or that of a folder above it: move it away.' : undefined;
}
