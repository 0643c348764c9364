// Of one invocation: the conversation with the handler, its inputs and its outputs.
import { onAzure } from '../azure.ts';
import { defineError } from '../error.ts';

export const handlerReplyBroken = defineError(
  'HANDLER_REPLY_BROKEN',
  'worker',
  (facts: { functionName: string; reason: string; cause?: string | undefined }) => ({
    message: `The handler did not answer "${facts.functionName}": ${facts.reason}.${facts.cause === undefined ? '' : ` ${facts.cause}`}`,
    hint: 'What it printed around this time says why. It may have read the request, so nobody knows how much of it was done, and it was not sent again.',
  }),
);

export const requestCutOff = defineError('REQUEST_CUT_OFF', 'worker', (functionName: string) => ({
  message: `The handler was stopped while it worked on a request to "${functionName}": the host stops, or another process took its place, and the grace was over.`,
  hint: 'If requests may take longer, give them more time with --grace. Nobody knows how much of this one was done, and it was not sent again.',
}));

export const functionTimedOut = defineError(
  'FUNCTION_TIMED_OUT',
  'worker',
  (facts: { functionName: string; limit: string; setting: string; restarts: boolean }) => ({
    message: `Timeout value of ${facts.limit} exceeded by function '${facts.functionName}': its request was given up${facts.restarts ? ', and the handler is replaced: what else it does is finished first' : ''}.`,
    hint: `If it may take longer, raise ${facts.setting} ("-1": no limit). On Azure the caller gets 500, and the handler is restarted together with everything else that runs in it.`,
  }),
);

export const streamStoodStill = defineError(
  'STREAM_STOOD_STILL',
  'worker',
  (facts: { functionName: string; limit: string; setting: string }) => ({
    message: `The reply of '${facts.functionName}' had begun and then stood still for ${facts.limit}, so it was cut off.`,
    hint: `Let the handler send something now and then, such as a comment line in an event stream, or raise ${facts.setting}. Azure has no such limit.`,
  }),
);

export const retriesExhausted = defineError('RETRIES_EXHAUSTED', 'worker', (retryCount: number) => ({
  message: `Function execution failed after '${retryCount}' retries.`,
  hint: 'Each attempt has its own error above. How often, and after which pause, stands in "retry" of function.json or host.json.',
}));

export const retryCutShort = defineError('RETRY_CUT_SHORT', 'worker', () => ({
  message: 'Invocation cancelled - exiting retry loop: the host stops.',
  hint: 'The failure of the last attempt is the end of it.',
}));

const SAMPLE_REPLY = '{"Outputs":{"res":{"statusCode":200,"body":"hello"}},"Logs":["a line"],"ReturnValue":null}';

export const handlerReplyFailed = defineError(
  'HANDLER_REPLY_FAILED',
  'worker',
  (facts: { status: number; reason: string; excerpt: string }) => ({
    message: `The handler answered ${facts.status} (${facts.reason}), so the invocation failed.${facts.excerpt === '' ? ' The answer has no body.' : ` Its answer:\n${facts.excerpt}`}`,
    hint: `If the caller should get ${facts.status}, answer 200 and put it into the output: {"Outputs":{"res":{"statusCode":${facts.status}}}}. ${onAzure(`Response status code does not indicate success: ${facts.status} (${facts.reason}).`)}`,
  }),
);

export const handlerReplyUnreadable = defineError(
  'HANDLER_REPLY_UNREADABLE',
  'worker',
  (facts: { field: string; got: string; expected: string }) => ({
    message: `The handler's reply cannot be read: ${facts.field} is ${facts.got}, expected ${facts.expected}.`,
    hint: `A good reply is application/json: ${SAMPLE_REPLY}. If the handler answers HTTP itself, set customHandler.enableForwardingHttpRequest to true in host.json. ${onAzure('Invalid HttpResponseMessage:')}`,
  }),
);

export const httpOutputUnusable = defineError(
  'HTTP_OUTPUT_UNUSABLE',
  'worker',
  (facts: { field: string; got: string; expected: string }) => ({
    message: `The HTTP output cannot be used: ${facts.field} is ${facts.got}, expected ${facts.expected}.`,
    hint: `A good reply: ${SAMPLE_REPLY}. ${onAzure('Failed while trying to Deserialize to httpOutputBindingResponse. Output is not in expected format')}`,
  }),
);

export const httpStatusOutOfRange = defineError('HTTP_STATUS_OUT_OF_RANGE', 'worker', (facts: { field: string; status: number }) => ({
  message: `${facts.field} is ${facts.status}, which is no status that ends a request.`,
  hint: 'Use 200 to 599. On Azure the function succeeds and the caller never gets an answer.',
}));

type PropertyPlace = { readonly binding: string; readonly property: string };

const MOST_NAMES = 20;

export const expressionWithoutValue = defineError(
  'EXPRESSION_WITHOUT_VALUE',
  'config',
  (
    facts: PropertyPlace & {
      expression: string;
      name: string;
      within: string | undefined;
      known: readonly string[];
      nearest: string | undefined;
    },
  ) => {
    const owner = facts.within === undefined ? 'the data of this event' : `"${facts.within}"`;
    const names = `${facts.known.slice(0, MOST_NAMES).join(', ')}${facts.known.length > MOST_NAMES ? ', …' : ''}`;
    const azure =
      facts.within === undefined
        ? `No value for named parameter '${facts.name}'.`
        : `Error while accessing '${facts.name}': property doesn't exist.`;
    return {
      message: `{${facts.expression}} in "${facts.property}" of the binding "${facts.binding}" has no value: ${owner} has no "${facts.name}".`,
      hint: `${facts.nearest ? `Did you mean "${facts.nearest}"? ` : ''}${facts.known.length === 0 ? 'It has no names at all.' : `It has ${names}.`} ${onAzure(azure)}`,
    };
  },
);

export const expressionFormatInvalid = defineError(
  'EXPRESSION_FORMAT_INVALID',
  'config',
  (facts: PropertyPlace & { expression: string; format: string }) => ({
    message: `{${facts.expression}} in "${facts.property}" of the binding "${facts.binding}" has no value: "${facts.format}" is no format for it.`,
    hint: `Dates take the formats of .NET, such as yyyy-MM-dd; GUIDs take N, D, B, P and X. ${onAzure('Input string was not in a correct format.')}`,
  }),
);

export const outputNotAnObject = defineError('OUTPUT_NOT_AN_OBJECT', 'worker', (facts: { output: string; got: string }) => ({
  message: `The output "${facts.output}" is ${facts.got}, but what it is bound to takes objects only.`,
  hint: `Write {"Outputs":{"${facts.output}":{ ... }}}, or an array of objects. On Azure the invocation fails as well, without a word about the output.`,
}));

export const outputNotJson = defineError('OUTPUT_NOT_JSON', 'worker', (facts: { output: string; reason: string }) => ({
  message: `The output "${facts.output}" is text that begins and ends like JSON, but cannot be read as such: ${facts.reason}.`,
  hint: 'Mend it, or let it begin or end with something else than a brace or a bracket. On Azure the invocation fails as well.',
}));

export const bindingsFailed = defineError(
  'BINDINGS_FAILED',
  'internal',
  ({ functionName, reason, cause }: { functionName: string; reason: string; cause: unknown }) => ({
    message: `The inputs and outputs of ${functionName} cannot be made ready: ${reason}`,
    hint: 'This is a fault of Portico or of what it stands on. The invocation has failed; the handler was not called.',
    cause,
  }),
);

export const payloadTooLarge = defineError('PAYLOAD_TOO_LARGE', 'worker', (functionName: string) => ({
  message: `What ${functionName} is to get is too large for one payload: all of it together has to fit into one JSON text of 512 MB.`,
  hint: 'Give the handler names instead of contents, and let it read them; bytes grow by a third on the way.',
}));

export const inputFailed = defineError(
  'INPUT_FAILED',
  'service',
  ({ binding, type, reason, cause }: { binding: string; type: string; reason: string; cause: unknown }) => ({
    message: `The input "${binding}" (${type}) cannot be read: ${reason}`,
    hint: 'The handler was not called.',
    cause,
  }),
);

export const outputFailed = defineError(
  'OUTPUT_FAILED',
  'service',
  ({
    functionName,
    binding,
    type,
    reason,
    cause,
  }: {
    functionName: string;
    binding: string;
    type: string;
    reason: string;
    cause: unknown;
  }) => ({
    message: `${functionName} ran, but its output "${binding}" (${type}) cannot be written: ${reason}`,
    hint: 'The invocation has failed. What other outputs have written stays.',
    cause,
  }),
);
