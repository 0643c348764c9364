// What the long runs with chance in them (chaos, fuzz) take from their command lines in the same way.

/** Seeds of this size are easily typed again. */
const MOST_SEEDS = 1_000_000;

export const anySeed = (): number => Math.floor(Math.random() * MOST_SEEDS);

/** Any, when none is given. */
export function readSeed(text: string | undefined): number {
  const seed = Number(text ?? anySeed());
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed wants a whole number, not "${text}".`);
  return seed;
}

export function readMinutes(text: string | undefined, byDefault: number): number {
  const minutes = Number(text ?? byDefault);
  if (!(minutes > 0)) throw new Error(`--minutes wants a number above 0, not "${text}".`);
  return minutes;
}

/** In the order of `names`; all of them when none is given. */
export function readOnly(text: string | undefined, names: readonly string[]): readonly string[] {
  if (text === undefined) return names;
  const wanted = text.split(',');
  const unknown = wanted.find((word) => !names.includes(word));
  if (unknown !== undefined) throw new Error(`--only knows no "${unknown}", only ${names.join(', ')}.`);
  return names.filter((name) => wanted.includes(name));
}
