/** One thing that must be so, and whether it was. */
export type Check = { readonly must: string; readonly holds: boolean /** What was found instead. */; readonly found: string };

export function check(must: string, holds: boolean, found: string | number = ''): Check {
  return { must, holds, found: String(found) };
}

/** A must of the form "none of these". */
export function none(must: string, found: readonly string[]): Check {
  return check(must, found.length === 0, `${found.length}${found.length === 0 ? '' : `: ${found.slice(0, 3).join('; ')}`}`);
}
