/** Choices that a seed decides: a run that failed can be repeated, as far as the timing of processes lets it. */
export type Random = {
  /** From 0 up to, not including, 1. */
  fraction(): number;
  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number;
  pick<const T>(choices: readonly [T, ...T[]]): T;
  chance(probability: number): boolean;
};

/** `branch`: the same seed and branch give the same choices whatever else the run does, so that one fault can be repeated alone. */
export function createRandom(seed: number, branch: string): Random {
  let state = seed ^ hashOf(branch);
  // Mulberry32: small, and good enough to shuffle with.
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(fraction() * count);
  return {
    fraction,
    below,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    chance: (probability) => fraction() < probability,
  };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
