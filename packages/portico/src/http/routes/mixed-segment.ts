import type { TemplateSegment } from './template.ts';

type NamedValue = readonly [name: string, value: string];

/**
 * The values of a segment with several parts, `{name}.{ext?}`, or undefined when it does not fit.
 * `folded` is `text` as foldCase writes it.
 */
export function matchMixedSegment(parts: TemplateSegment, text: string, folded: string): readonly NamedValue[] | undefined {
  const values = matchParts(parts, text, folded);
  const last = parts.at(-1);
  if (values || last?.kind !== 'parameter' || !last.optional || text.endsWith('.')) return values;
  // Before an optional last parameter there is always a dot: both are there, or both are missing.
  return matchParts(parts.slice(0, -2), text, folded);
}

/**
 * Parity: .NET goes from right to left and never tries again. So a literal is found where it stands last, and the
 * leftmost parameter is the greedy one: `{a}-{b}` takes `a-b` and `c` from `a-b-c`, and `pre{a}` does not fit `preprex`.
 */
function matchParts(parts: TemplateSegment, text: string, folded: string): readonly NamedValue[] | undefined {
  const values: NamedValue[] = [];
  let end = text.length;
  let pending: string | undefined;
  for (const part of parts.toReversed()) {
    if (part.kind === 'parameter') {
      pending = part.name;
      continue;
    }
    // The parameter to the right of it needs at least one character.
    const index = lastIndexBefore(folded, part.folded, pending === undefined ? end : end - 1);
    const after = index + part.folded.length;
    if (index === -1 || (pending === undefined && after !== end)) return undefined;
    if (pending !== undefined) values.push([pending, text.slice(after, end)]);
    pending = undefined;
    end = index;
  }
  if (pending === undefined) return end === 0 ? values : undefined;
  return end === 0 ? undefined : [...values, [pending, text.slice(0, end)]];
}

function lastIndexBefore(text: string, part: string, end: number): number {
  return end < part.length ? -1 : text.lastIndexOf(part, end - part.length);
}
