// A problem is something wrong that was found while reading an app and that does not stop the rest of it.

/** Error: what it names does not run. Warning: it runs, with the consequence the message states. */
export type Severity = 'error' | 'warning';

export type Problem = {
  /** Words in capitals, never reused; docs/errors.md has an anchor for each. */
  readonly code: string;
  readonly severity: Severity;
  /** What was wrong and what was found, in one sentence. */
  readonly message: string;
  /** The next step for the reader: what is allowed, the nearest valid name, a command. */
  readonly hint?: string;
  /** Path of the file, relative to the app root where it lies below it; or the name of an environment variable. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** The one function this disables (severity error) or concerns. Without it the problem is the whole app's. */
  readonly functionName?: string;
  /** What Azure's host says to the same fault, word for word where it is known: `errors` in the admin API shows it, and people search for it. */
  readonly azureMessage?: string;
};

/** `host.json:3:5: message hint`, as one line for people. */
export function formatProblem({ file, line, column, message, hint }: Problem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [place && `${place}:`, message, hint].filter(Boolean).join(' ');
}

/** What a catalogue entry says of one occurrence. */
export type ProblemText = {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly azureMessage?: string | undefined;
};

/** Declares one kind of problem. All of them live in problems/; where it was found is added by who found it. */
export function defineProblem<Facts extends unknown[]>(
  code: string,
  severity: Severity,
  describe: (...facts: Facts) => ProblemText,
): ((...facts: Facts) => Problem) & { readonly code: string; readonly severity: Severity } {
  const problem = (...facts: Facts): Problem => {
    const { message, hint, azureMessage } = describe(...facts);
    return { code, severity, message, ...(hint !== undefined && { hint }), ...(azureMessage !== undefined && { azureMessage }) };
  };
  return Object.assign(problem, { code, severity });
}
