import { matchMixedSegment } from './mixed-segment.ts';
import type { RouteTemplate } from './template.ts';

/** Values by parameter name, decoded. `null`: the path gives none. Has no prototype, so every name is only a name. */
export type RouteParams = Record<string, string | null>;

/** A path in the two forms that matching needs: percent-decoded, and the same as foldCase writes it. */
export type DecodedPath = { readonly text: string; readonly folded: string };

export const NO_PARAMS: Readonly<RouteParams> = Object.freeze(Object.create(null));

// A constructor with an empty prototype: its objects are as bare as those of Object.create(null), and four times as fast to fill.
function BareParams() {}
BareParams.prototype = NO_PARAMS;
const createParams = BareParams as unknown as new () => RouteParams;

/**
 * The values of a template in a path, or undefined when a mixed segment or a constraint does not fit.
 * Literal segments and the number of segments are not looked at: the index has done that.
 */
export function routeValues({ segments, parameters }: RouteTemplate, { text, folded }: DecodedPath): Readonly<RouteParams> | undefined {
  if (parameters.length === 0) return NO_PARAMS;
  const values = new createParams();
  let start = 1;
  for (const segment of segments) {
    const slash = text.indexOf('/', start);
    const end = slash === -1 ? text.length : slash;
    const [part] = segment;
    if (segment.length > 1) {
      const found = matchMixedSegment(segment, text.slice(start, end), folded.slice(start, end));
      if (found === undefined) return undefined;
      for (const [name, value] of found) values[name] = value;
    } else if (part?.kind === 'parameter') {
      const given = part.catchAll ? text.slice(start) : text.slice(start, end);
      values[part.name] = given === '' ? (part.fallback ?? null) : given;
    }
    start = end + 1;
  }
  for (const { name, optional, constraints } of parameters) {
    const value = values[name] ?? null;
    values[name] = value;
    if (value === null && optional) continue;
    for (const accepts of constraints) if (!accepts(value)) return undefined;
  }
  return values;
}
