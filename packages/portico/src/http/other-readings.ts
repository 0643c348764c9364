// Requests that handlers read in more ways than one. The host takes a path as it is written; a handler that joins double slashes, takes an escaped slash
// for one, or leaves out what follows a semicolon, may run another function's code than that of the function whose key was asked for.
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

const ONLY_ONE: readonly string[] = [];

/** What else a handler may take a path for. Nothing for nearly every path. */
export function otherReadings(path: string): readonly string[] {
  if (!AMBIGUOUS.test(path)) return ONLY_ONE;
  const found = new Set([path]);
  // What is added is read as well.
  for (const known of found) {
    for (const read of READINGS) found.add(resolveDotSegments(read(known)));
  }
  found.delete(path);
  return [...found];
}

/** What most functions are mistaken for. */
const NOTHING: readonly HttpFunction[] = [];

/**
 * Functions that the handler may run instead of the one that the route leads to. It goes by the path unless it is called by the function's name,
 * and most frameworks answer HEAD with what they have for GET.
 */
export function findMistakable(fn: HttpFunction, method: string, { path }: RequestTarget, { routes }: PublicApp): readonly HttpFunction[] {
  if (fn.mode === 'payload' || fn.mode === 'legacy') return NOTHING;
  const readings = otherReadings(path);
  if (readings.length === 0 && method !== 'HEAD') return NOTHING;
  const methods = method === 'HEAD' ? ['HEAD', 'GET'] : [method];
  const found = new Set([path, ...readings].flatMap((reading) => methods.map((one) => routes.match(one, reading)?.value)));
  return [...found].filter((other) => other !== undefined && other !== fn) as HttpFunction[];
}
