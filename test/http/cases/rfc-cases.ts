// Every case there is. Each file is about one part of the two documents:
// https://www.rfc-editor.org/rfc/rfc9110 (semantics), https://www.rfc-editor.org/rfc/rfc9112 (HTTP/1.1)
import { chunkCases } from './chunks.ts';
import { connectionCases } from './connection.ts';
import { expectCases } from './expect.ts';
import { fieldSyntaxCases } from './field-syntax.ts';
import { hopByHopCases } from './hop-by-hop.ts';
import { hostCases } from './host.ts';
import { lengthCases } from './length.ts';
import { limitCases } from './limits.ts';
import { methodCases } from './methods.ts';
import { passedThroughCases } from './passed-through.ts';
import { replyFaultCases } from './reply-faults.ts';
import { replyFramingCases } from './reply-framing.ts';
import { replySyntaxCases } from './reply-syntax.ts';
import { requestLineCases } from './request-line.ts';
import type { RfcCase } from './rfc-case.ts';
import { upgradeCases } from './upgrade.ts';

/** In the order of the page that is made of them. */
export const RFC_CASES: readonly (readonly [area: string, cases: readonly RfcCase[]])[] = [
  ['The request line', requestLineCases],
  ['Host', hostCases],
  ['Header lines', fieldSyntaxCases],
  ['The length of a request', lengthCases],
  ['Chunked requests', chunkCases],
  ['Connections', connectionCases],
  ['Expect', expectCases],
  ['Between two connections', hopByHopCases],
  ['Methods', methodCases],
  ['The length of a reply', replyFramingCases],
  ['The head of a reply', replySyntaxCases],
  ['Replies that break off or contradict themselves', replyFaultCases],
  ['Between caller and handler', passedThroughCases],
  ['Upgrade', upgradeCases],
  ['Limits', limitCases],
];

export const ALL_RFC_CASES: readonly RfcCase[] = RFC_CASES.flatMap(([, cases]) => cases);
