// Tries inputs of one target, one after another, and shrinks those that fail.
import fc from 'fast-check';
import { Broken, type Target, type Trial } from './target.ts';

export type Finding = {
  /** Findings with the same signature are one. */
  readonly signature: string;
  readonly message: string;
  /** Shrunk. */
  readonly input: unknown;
  /** Of the round that found it. */
  readonly seed: number;
};

export type Campaign = { readonly inputCount: number; readonly findings: readonly Finding[] };

export type Limits = {
  readonly seed: number;
  /** Inputs of one round. */
  readonly count: number;
  /** Asked after each round, with what was tried so far. */
  readonly goesOn: (inputCount: number) => boolean;
  /** Signatures that are passed over from the start. */
  readonly known?: readonly string[];
  /** Told of each input before it is tried. */
  readonly onInput?: (input: unknown) => void;
};

/** A fault that is known by now is passed over, so that others come to light. */
export async function pursue<Input>({ inputs }: Target<Input>, trial: Trial<Input>, limits: Limits): Promise<Campaign> {
  const findings: Finding[] = [];
  const known = new Set(limits.known);
  let inputCount = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    inputCount += 1;
    limits.onInput?.(input);
    try {
      await trial.check(input);
    } catch (error) {
      if (!known.has(signatureOf(error))) throw error;
    }
  });
  for (let round = 0; ; round++) {
    const seed = limits.seed + round;
    const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: limits.count });
    if (failed) {
      const signature = signatureOf(errorInstance);
      known.add(signature);
      findings.push({ signature, message: describe(errorInstance), input: counterexample?.[0], seed });
      // The rest of the round is still owed.
      round -= 1;
    } else if (!limits.goesOn(inputCount)) return { inputCount, findings };
  }
}

/** A rule, or the place in the source where it crashed. */
export function signatureOf(error: unknown): string {
  if (error instanceof Broken) return error.rule;
  const { name, stack = '' } = error instanceof Error ? error : { name: 'thrown', stack: String(error) };
  return `${name} at ${/packages\/[^\s)]+/.exec(stack)?.[0] ?? stack.split('\n')[0]}`;
}

export function describe(error: unknown): string {
  if (error instanceof Broken) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
