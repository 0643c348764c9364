// The path of a blob trigger: a container, and perhaps a pattern that takes names out of the blob's name.
import { type CapturePattern, parseCapturePattern } from '../../core/expressions/captures.ts';
import { type BlobPathFault, blobNameFault, containerFault } from './blob-path.ts';

export type WatchedPath = {
  /** As written. */
  readonly text: string;
  readonly container: string;
  /** What every matching name begins with; empty perhaps. */
  readonly prefix: string;
  /** Of the whole name, in the order of the path. Undefined: it does not match. Counts case. */
  match(blob: string): ReadonlyMap<string, string> | undefined;
};

export function parseWatchedPath(text: string): WatchedPath | { readonly fault: BlobPathFault } {
  const slash = text.indexOf('/');
  const container = slash < 0 ? text : text.slice(0, slash);
  const pattern = slash < 0 ? undefined : text.slice(slash + 1);
  if (container === '' || pattern === '' || container.includes('\\')) {
    return {
      fault: {
        reason: 'is not of the form "container" or "container/pattern"',
        azure: `Invalid blob trigger path '${text}'. Paths must be in the format 'container/blob'.`,
      },
    };
  }
  if (container.includes('{')) {
    return {
      fault: {
        reason: 'has an expression in the name of its container, where a trigger may have none',
        azure: `Invalid blob trigger path '${text}'. Container paths cannot contain {resolve} tokens.`,
      },
    };
  }
  const fault = containerFault(container);
  if (fault !== undefined) return { fault };
  if (pattern === undefined) return { text, container, prefix: '', match: () => new Map() };
  const captures = capturesOf(pattern);
  const nameFault = captures.names.length === 0 ? blobNameFault(literalOf(pattern)) : undefined;
  if (nameFault !== undefined) return { fault: nameFault };
  return { text, container, prefix: literalOf(pattern), match: (blob) => captures.match(blob) };
}

/** Faults of the pattern itself were found at load. */
function capturesOf(pattern: string): CapturePattern {
  const parsed = parseCapturePattern(pattern, { binding: '', property: 'path' });
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed.pattern;
}

/** What stands before the first expression, where a doubled brace is one. */
function literalOf(pattern: string): string {
  return /^(?:[^{}]|\{\{|\}\})*/.exec(pattern)?.[0].replace(/\{\{|\}\}/g, (pair) => pair.charAt(0)) ?? '';
}
