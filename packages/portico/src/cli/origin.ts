// Where a value of the configuration comes from, as `portico config show` says it.
import type { Place } from '../config/json-document.ts';

export type Origin = {
  /** A file of the app, `environment` or `default`; of an option also the variable or setting that is put over it. */
  readonly source: string;
  /** From 1. */
  readonly line?: number;
};

export const DEFAULT: Origin = { source: 'default' };
export const ENVIRONMENT: Origin = { source: 'environment' };

export function originOf({ file, line }: Place): Origin {
  return { source: file, ...(line !== undefined && { line }) };
}

/** `.env:3` */
export function formatOrigin({ source, line }: Origin): string {
  return line === undefined ? source : `${source}:${line}`;
}
