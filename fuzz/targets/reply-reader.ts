// Replies of handlers as they come in pieces: however they are cut, they mean the same.
import fc from 'fast-check';
import type { ReplyHead } from '../../packages/portico/src/worker/reply-head.ts';
import { type Progress, ReplyReader, type ReplySink } from '../../packages/portico/src/worker/reply-reader.ts';
import { REPLIES, REPLY_SCRAPS } from '../http-texts.ts';
import { insist, pureTarget } from '../target.ts';
import { CUTS, changed, pieces } from '../text.ts';

const inputs = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST'),
  bytes: changed(
    fc.array(fc.constantFrom(...REPLIES), { minLength: 1, maxLength: 2 }).map((texts) => texts.join('')),
    REPLY_SCRAPS,
  ),
  cuts: CUTS,
  /** By the handler's own end of the connection, not by a reset. */
  finished: fc.boolean(),
});

export const replyReader = pureTarget('reply-reader', 5000, inputs, ({ method, bytes, cuts, finished }) => {
  const whole = read([bytes], method, finished);
  for (const cut of [pieces(bytes, cuts), [...bytes]]) {
    const torn = read(cut, method, finished);
    const detail = (): string => `${JSON.stringify(whole)}, in pieces ${JSON.stringify(torn)}`;
    insist(whole.end === torn.end, 'a reply ends alike however it is cut', detail);
    insist(whole.end === 'fault' || JSON.stringify(whole) === JSON.stringify(torn), 'a reply reads alike however it is cut', detail);
  }
});

type Reading = {
  readonly interim: number[];
  status: number;
  lines: string;
  body: string;
  trailers: readonly string[];
  /** `over`: the reply was read whole. */
  end: 'over' | 'fault' | 'open';
};

function read(texts: readonly string[], method: string, finished: boolean): Reading {
  const reading: Reading = { interim: [], status: 0, lines: '', body: '', trailers: [], end: 'open' };
  const reader = new ReplyReader();
  reader.expect(method, sinkOf(reading));
  for (const text of texts) {
    if (text === '') continue;
    reading.end = endOf(reader.feed(Buffer.from(text, 'latin1')));
    // What follows a whole reply is for nobody; one cut later it would be a fault of the connection, and of no reply.
    if (reading.end !== 'open') return reading;
  }
  const closed = reader.close(finished);
  if (closed !== undefined) reading.end = endOf(closed);
  return reading;
}

function endOf(progress: Progress): Reading['end'] {
  if (typeof progress === 'object') return 'fault';
  return progress === 'more' || progress === 'hold' ? 'open' : 'over';
}

/** What is called when, and that nothing is called too often, is checked on the way. */
function sinkOf(reading: Reading): ReplySink {
  let stage: 'head' | 'body' | 'over' = 'head';
  const expectStage = (wanted: typeof stage): void => insist(stage === wanted, 'a reply has one head, then a body, then an end');
  return {
    interim: ({ status }) => {
      expectStage('head');
      reading.interim.push(status);
    },
    head: (head: ReplyHead, body, complete) => {
      expectStage('head');
      stage = complete ? 'over' : 'body';
      reading.status = head.status;
      reading.lines = head.headerLines;
      reading.body += body.toString('latin1');
      insist(LINES.test(head.headerLines), 'header lines that are passed on are well-formed', () => JSON.stringify(head.headerLines));
    },
    body: (chunk) => {
      expectStage('body');
      reading.body += chunk.toString('latin1');
      return true;
    },
    end: (trailers) => {
      expectStage('body');
      stage = 'over';
      reading.trailers = trailers;
    },
  };
}

const LINES = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/;
