// Problems that any configuration file can have. Like all problems: docs/errors.md has an anchor for each code, and a code is never reused.
import { defineProblem } from '../problem.ts';

export const valueNotAllowed = defineProblem(
  'VALUE_NOT_ALLOWED',
  'warning',
  (facts: {
    option: string;
    found: string;
    expected: string;
    nearest?: string | undefined;
    instead?: string | undefined;
    azureMessage?: string | undefined;
  }) => ({
    message: `${facts.option} is ${facts.found}, but ${facts.expected} is expected.`,
    hint: [facts.nearest && `Did you mean "${facts.nearest}"?`, facts.instead].filter(Boolean).join(' ') || undefined,
    azureMessage: facts.azureMessage,
  }),
);

export const keyUnknown = defineProblem(
  'KEY_UNKNOWN',
  'warning',
  (key: string, nearest: string | undefined, siblings: readonly string[]) => ({
    message: `Nobody reads ${key}.`,
    hint: nearest ? `Did you mean ${nearest}?` : `Known here: ${siblings.join(', ')}.`,
  }),
);

export const keyRepeated = defineProblem('KEY_REPEATED', 'warning', (key: string) => ({
  message: `${key} is written more than once; the last one counts.`,
  hint: 'Names ignore case. Remove the others.',
}));

export const timeSpanInDays = defineProblem(
  'TIME_SPAN_IN_DAYS',
  'warning',
  (option: string, found: string, span: string, better: string) => ({
    message: `${option} is "${found}", which is ${span}.`,
    hint: `A number alone counts days, and so does the first of three numbers above 23. ${better}`,
  }),
);

export const overrideIgnored = defineProblem(
  'OVERRIDE_IGNORED',
  'warning',
  (facts: { path: string; variable: string; isArguments: boolean }) => ({
    message: `This variable cannot replace ${facts.path} of host.json as a whole, so it is ignored.`,
    hint: facts.isArguments
      ? 'Write a JSON list of texts, such as ["server.js","--quiet"].'
      : `Set what is in it one by one: ${facts.variable}__NAME, or ${facts.variable}__0 in a list.`,
  }),
);

/** In function.json an error, in host.json a warning: there the functions run without retries. */
export const retryIncomplete = defineProblem(
  'RETRY_INCOMPLETE',
  'error',
  (missing: string, strategy: string | undefined, azureMessage: string | undefined) => ({
    message: `retry needs ${missing}${strategy ? ` for the strategy ${strategy}` : ''}.`,
    hint: 'Write { "strategy": "fixedDelay", "maxRetryCount": 3, "delayInterval": "00:00:10" } or { "strategy": "exponentialBackoff", "maxRetryCount": 3, "minimumInterval": "00:00:10", "maximumInterval": "00:15:00" }.',
    azureMessage,
  }),
);

export const fileUnreadable = defineProblem('FILE_UNREADABLE', 'error', (reason: string) => ({
  message: `The file cannot be read: ${reason}.`,
  hint: 'Check that it is a file and that this user may read it.',
}));
