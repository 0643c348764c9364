// Field-by-field differences between two normalised recordings: what the original did, and ours.

/** Left is the original, right is ours. */
export type Difference = {
  path: string;
  kind: 'differs' | 'only left' | 'only right' | 'spelling';
  original: unknown;
  ours: unknown;
};

const NOT_COMPARED = new Set(['about', 'tags', 'hostVersion', 'unordered', 'derivedFrom', 'notKnown']);

type Fields = { [key: string]: unknown };

export function diffRecordings(original: Fields, ours: Fields): Difference[] {
  const found: Difference[] = [];
  for (const key of keysOf(original, ours)) if (!NOT_COMPARED.has(key)) walk(original[key], ours[key], key, found);
  return found;
}

function walk(original: unknown, ours: unknown, path: string, found: Difference[]): void {
  if (Object.is(original, ours)) return;
  if (Array.isArray(original) && Array.isArray(ours) && path.endsWith('.rawHeaders')) {
    diffHeaders(original, ours, path, found);
  } else if (Array.isArray(original) && Array.isArray(ours)) {
    for (let i = 0; i < Math.max(original.length, ours.length); i += 1) walk(original[i], ours[i], `${path}[${i}]`, found);
  } else if (isFields(original) && isFields(ours)) {
    for (const key of keysOf(original, ours)) walk(original[key], ours[key], `${path}.${key}`, found);
  } else {
    found.push({ path, kind: ours === undefined ? 'only left' : original === undefined ? 'only right' : 'differs', original, ours });
  }
}

const isFields = (value: unknown): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value);
const keysOf = (one: Fields, other: Fields) => new Set([...Object.keys(one), ...Object.keys(other)]);

/** Headers are compared by name, whatever their order; their spelling is a difference of its own kind. */
function diffHeaders(original: [string, string][], ours: [string, string][], path: string, found: Difference[]): void {
  const [a, b] = [byName(original), byName(ours)];
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const at = `${path}.${name}`;
    const [one, two] = [a.get(name), b.get(name)];
    walk(one?.values, two?.values, at, found);
    if (one && two && one.spellings !== two.spellings)
      found.push({ path: at, kind: 'spelling', original: one.spellings, ours: two.spellings });
  }
}

function byName(list: [string, string][]): Map<string, { spellings: string; values: string }> {
  const groups = Map.groupBy(list, ([name]) => name.toLowerCase());
  const join = (texts: string[]) => texts.join(' | ');
  return new Map(
    [...groups].map(([name, pairs]) => [
      name,
      { spellings: join(pairs.map(([spelling]) => spelling)), values: join(pairs.map(([, value]) => value)) },
    ]),
  );
}
