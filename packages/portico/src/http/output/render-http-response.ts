// From the reply of a payload function to the response for its caller. Start here; response-parts.ts knows the forms of outputs.
// https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers#response-payload
import { httpStatusOutOfRange } from '../../core/errors/invocation.ts';
import { isJsonObject } from '../../core/json-value.ts';
import type { Remark } from '../../core/remark.ts';
import { lengthCorrected } from '../../core/remarks/http-output.ts';
import type { PayloadReply } from '../../worker/payload/reply.ts';
import type { HttpResponseBinding } from './http-response-binding.ts';
import { type HeaderPair, readResponseHeaders } from './response-headers.ts';
import {
  fromNamedOutput,
  fromReturnValue,
  NO_CONTENT,
  negotiate,
  type RenderFault,
  type ResponseParts,
  textParts,
} from './response-parts.ts';
import { encodeText } from './response-text.ts';

export type { HttpResponseBinding } from './http-response-binding.ts';
export type { RenderFault } from './response-parts.ts';

export type RenderedResponse = {
  readonly status: number;
  /** Spelled as Azure's server spells them; Latin-1. What frames the body is not among them. */
  readonly headers: readonly HeaderPair[];
  /** A string is sent as UTF-8. Undefined: none, although the framing may be `length`. */
  readonly body: string | Buffer | undefined;
  /** `none`: neither Transfer-Encoding nor Content-Length. */
  readonly framing: 'chunked' | 'length' | 'none';
  readonly remarks: readonly Remark[];
};

export function renderHttpResponse(binding: HttpResponseBinding, reply: PayloadReply): RenderedResponse | RenderFault {
  const parts = choose(binding, reply);
  return 'error' in parts ? parts : compose(parts);
}

function choose(
  { httpOutput, hasReturnBinding, keepsText }: HttpResponseBinding,
  { outputs, returnValue }: PayloadReply,
): ResponseParts | RenderFault {
  if (httpOutput === '$return') return returnValue === undefined ? NO_CONTENT : fromReturnValue(returnValue, !keepsText);
  if (httpOutput !== undefined) {
    const mayMerge = !hasReturnBinding && isJsonObject(returnValue) && Object.hasOwn(returnValue, httpOutput);
    const merged = mayMerge ? (returnValue[httpOutput] ?? null) : null;
    if (merged !== null) return fromReturnValue(merged, false);
    const value = outputs?.get(httpOutput);
    if (value !== undefined) return fromNamedOutput(httpOutput, value);
    // Parity: outputs without the one that counts make an empty object of it, which becomes text.
    if (outputs !== undefined) return textParts('{}');
  }
  return returnValue === undefined ? NO_CONTENT : negotiate(returnValue);
}

function compose(parts: ResponseParts): RenderedResponse | RenderFault {
  const { status, defaultType } = parts;
  if (status < 200 || status > 999) return { error: httpStatusOutOfRange({ field: 'statusCode', status }) };
  const { list, contentType = defaultType, contentLength, remarks } = readResponseHeaders(parts.headers);
  const encoded = encode(parts.body, contentType);
  const headers: HeaderPair[] = encoded.contentType === undefined ? [] : [['Content-Type', encoded.contentType]];
  headers.push(...list);
  const response = { status, headers, remarks: [...parts.remarks, ...remarks, ...encoded.remarks] };

  if (status === 204 || status === 304) return { ...response, body: undefined, framing: 'none' };
  const body = status === 205 || encoded.body.length === 0 ? undefined : encoded.body;
  if (contentLength === undefined) return { ...response, body, framing: parts.chunked && body !== undefined ? 'chunked' : 'length' };
  const bytes = body === undefined ? 0 : Buffer.byteLength(body);
  if (contentLength !== String(bytes)) response.remarks.push(lengthCorrected(contentLength, bytes));
  return { ...response, body, framing: 'length' };
}

function encode(body: string | Buffer, contentType: string | undefined) {
  return typeof body === 'string' && contentType !== undefined ? encodeText(body, contentType) : { body, contentType, remarks: [] };
}
