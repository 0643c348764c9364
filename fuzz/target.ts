// What is fuzzed: a kind of input, and what must hold of every one. The list of all: targets/index.ts.
import type { Arbitrary } from 'fast-check';

/** Inputs are plain JSON, so that one that failed can be kept in regressions/ and tried again. Bytes are Latin-1 text. */
export type Target<Input = unknown> = {
  /** As `--only` takes it; its kept inputs are in `regressions/NAME.json`. */
  readonly name: string;
  readonly inputs: Arbitrary<Input>;
  /** How many inputs of each seed `npm test` tries. */
  readonly countInTests: number;
  /** Starts what the inputs are for. Whoever opens it disposes of it. */
  open(): Promise<Trial<Input>>;
};

export type Trial<Input> = AsyncDisposable & {
  /** Throws when something does not hold; `Broken` says what. Anything else that is thrown is a crash. */
  check(input: Input): void | Promise<void>;
};

/** A rule that an input broke. Two findings with the same rule are one. */
export class Broken extends Error {
  readonly rule: string;

  constructor(rule: string, detail: string) {
    super(detail === '' ? rule : `${rule}: ${detail}`);
    this.name = 'Broken';
    this.rule = rule;
  }
}

/** `rule` is a sentence that is the same for every input; what this input did goes into `detail`. */
export function insist(holds: boolean, rule: string, detail: () => string = () => ''): asserts holds {
  if (!holds) throw new Broken(rule, detail());
}

/** A target without anything to start. */
export function pureTarget<Input>(
  name: string,
  countInTests: number,
  inputs: Arbitrary<Input>,
  check: (input: Input) => void,
): Target<Input> {
  return { name, inputs, countInTests, open: async () => ({ check, [Symbol.asyncDispose]: async () => {} }) };
}
