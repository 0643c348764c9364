// Paths that handlers read in more ways than one. The host takes a path as it is written; a handler that joins double slashes, takes an escaped slash
// for one, or leaves out what follows a semicolon, may run another function's code than that of the function whose key was asked for.
import type { Remark } from './passing-remarks.ts';
import type { HttpFunction, PublicApp } from './public-app.ts';
import type { RequestTarget } from './request-target.ts';
import { resolveDotSegments } from './routes/normalise-path.ts';

const AMBIGUOUS = /\/\/|;|%(?:2f|5c|3b)/i;

/** A handler may do any of them, in any order. */
const READINGS: readonly ((path: string) => string)[] = [
  (path) => path.replaceAll(/%2f|%5c/gi, '/').replaceAll(/%3b/gi, ';'),
  (path) => path.replaceAll(/;[^/]*/g, ''),
  (path) => path.replaceAll(/\/{2,}/g, '/'),
];

/** What else a handler may take a path for. Nothing for nearly every path. */
export function otherReadings(path: string): readonly string[] {
  if (!AMBIGUOUS.test(path)) return [];
  const found = new Set([path]);
  // What is added is read as well.
  for (const known of found) {
    for (const read of READINGS) found.add(resolveDotSegments(read(known)));
  }
  found.delete(path);
  return [...found];
}

/** Functions that the handler may run instead of the one that the route leads to. It goes by the path unless it is called by the function's name. */
export function findMistakable(fn: HttpFunction, method: string, { path }: RequestTarget, { routes }: PublicApp): readonly HttpFunction[] {
  if (fn.mode === 'payload' || fn.mode === 'legacy') return [];
  const others = otherReadings(path).map((reading) => routes.match(method, reading)?.value);
  return [...new Set(others)].filter((other) => other !== undefined && other !== fn) as HttpFunction[];
}

/** Why a function that is open to all has refused somebody. */
export const mistakableRemark = (others: readonly HttpFunction[]): Remark => ({
  code: 'PATH_MISTAKABLE',
  message: `A path with "//", ";" or an escaped slash was refused: the handler may take it for that of ${others.map(({ name }) => name).join(' or ')}, whose key it did not have.`,
});
