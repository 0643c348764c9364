// On the reply of a handler in payload mode, and on what bindings make of its outputs.
import { defineRemark } from '../remark.ts';

export const replyEmpty = defineRemark('REPLY_EMPTY', () => ({
  message:
    'on Azure: an empty reply leaves the caller waiting until functionTimeout, and then the invocation fails; here it succeeds without outputs.',
  hint: 'Answer {} instead.',
}));

export const logsStructured = defineRemark('LOGS_STRUCTURED', () => ({
  message: 'on Azure: an object or array in "Logs" fails the invocation; only strings are accepted there.',
  hint: 'A handler that is to run there as well writes strings.',
}));

export const expressionLeavesNothing = defineRemark(
  'EXPRESSION_LEAVES_NOTHING',
  (facts: { expression: string; property: string; binding: string; kind: string }) => ({
    message: `{${facts.expression}} in "${facts.property}" of the binding "${facts.binding}" is ${facts.kind}, of which nothing is put in; on Azure too.`,
    hint: 'Name something that is text, a number or a boolean.',
  }),
);

/** `what`: `The ReturnValue`. */
export const base64Decoded = defineRemark('BASE64_DECODED', (what: string) => ({
  message: `${what} is valid base64, so the bytes it stands for are passed on; on Azure too.`,
  hint: 'Add "dataType": "binary" to the binding to pass the text on.',
}));

export const base64Kept = defineRemark('BASE64_KEPT', (output: string) => ({
  message: `on Azure: the output "${output}" is valid base64, so "System.Byte[]" is sent; here the text is.`,
  hint: 'Add "dataType": "binary" to the binding, and the text is sent there too.',
}));

/** `made`: `it makes 3 messages`. */
export const textReadAsJson = defineRemark('TEXT_READ_AS_JSON', (output: string, made: string) => ({
  message: `The output "${output}" is text that looks like JSON, so ${made}; on Azure too.`,
  hint: 'keepOutputText in portico.json leaves text as it is; Azure has no such switch.',
}));

/** `onAzure`: what becomes of which dates there. */
export const dateKept = defineRemark('DATE_KEPT', (onAzure: string) => ({
  message: `on Azure: ${onAzure}; here dates stay as they are written.`,
  hint: 'Whoever reads it in both places has to understand both forms.',
}));

export const writtenAsBytes = defineRemark('WRITTEN_AS_BYTES', (output: string, kind: string, byteCount: number) => ({
  message: `The output "${output}" is ${kind}, so what .NET has for it in memory is written (${byteCount === 1 ? '1 byte' : `${byteCount} bytes`}); on Azure too.`,
  hint: 'Give text to write text.',
}));

export const timestampLeftOut = defineRemark('TIMESTAMP_LEFT_OUT', (output: string) => ({
  message: `A row of the output "${output}" has a "Timestamp", in whatever case; it is left out, because the service sets that itself.`,
  hint: 'Give the property another name.',
}));
