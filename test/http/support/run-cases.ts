// Every case at once through one front (the host, or nginx), each with a path of its own.
import type { Socket } from 'node:net';
import type { RfcCase } from '../cases/rfc-case.ts';
import { type Conversation, converse } from './converse.ts';
import { type RawHandler, startRawHandler } from './raw-handler.ts';
import type { SeenRequest } from './request-reader.ts';

export type CaseResult = Conversation & {
  /** As in the case; or `200 open`: the connection should have ended, `100 silence`: there should have been more. */
  readonly outcome: string;
  readonly requests: readonly SeenRequest[];
  /** What `{path}` stood for. */
  readonly path: string;
};

/** A front's end of a run. */
export type Front = AsyncDisposable & { readonly port: number };

/** Far more than an answer takes; only what never answers waits so long. */
const PATIENCE_MS = 4000;

/** `start`: puts the front before the handler on that port. */
export async function runCases(cases: readonly RfcCase[], start: (handlerPort: number) => Promise<Front>): Promise<readonly CaseResult[]> {
  await using handler = await startCaseHandler(cases);
  await using front = await start(handler.port);
  const conversations = await Promise.all(cases.map((one, index) => converse(front.port, wordsOf(one, index))));
  return conversations.map((conversation, index) => ({
    ...conversation,
    path: pathOf(index),
    outcome: outcomeOf(conversation),
    requests: handler.requests.filter((request) => caseIndexOf(request) === index),
  }));
}

/** As long as its placeholder, so that a length counted before it is filled in stays right. */
const pathOf = (index: number): string => `/c/${String(index).padStart(3, '0')}`;
const caseIndexOf = ({ head }: SeenRequest): number => Number(/\/c\/(\d{3})/.exec(head)?.[1] ?? -1);
const filled = (text: string, index: number): string => text.replaceAll('{path}', pathOf(index));

function startCaseHandler(cases: readonly RfcCase[]): Promise<RawHandler> {
  const answer = (request: SeenRequest, socket: Socket): void => {
    const { reply = plainReply(request.target), replyEnds } = cases[caseIndexOf(request)] ?? {};
    socket.write(filled(reply, caseIndexOf(request)), 'latin1', () => {
      if (replyEnds === 'reset') socket.resetAndDestroy();
      else if (replyEnds === 'close') socket.end();
    });
  };
  const early = (request: SeenRequest): boolean => cases[caseIndexOf(request)]?.replyEarly === true;
  return startRawHandler({
    begun: (request, socket) => early(request) && answer(request, socket),
    ended: (request, socket) => early(request) || answer(request, socket),
  });
}

const plainReply = (target: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`;

function wordsOf(one: RfcCase, index: number): Parameters<typeof converse>[1] {
  const sent = `${one.send}${one.afterwards ?? ''}`;
  return {
    send: filled(one.send, index),
    afterwards: one.afterwards && filled(one.afterwards, index),
    methods: [...sent.matchAll(/(?:^|\r\n)([A-Z]+) \S+ HTTP\/1/g)].map(([, method = '']) => method),
    answerCount: finalCount(one),
    leaves: one.leaves === true,
    untilClosed: /close|cut/.test(one.answers),
    patienceMs: PATIENCE_MS,
  };
}

const finalCount = ({ answers }: RfcCase): number => answers.split(' | ')[0]?.match(/[2-5]\d\d/g)?.length ?? 0;

function outcomeOf({ answers, endedBy }: Conversation): string {
  const words = answers.map(({ status }) => String(status));
  const last = answers.at(-1);
  if (endedBy === 'nobody') words.push(last?.complete && last.status >= 200 ? 'open' : 'silence');
  else if (last?.complete === false) words.push('cut');
  else if (endedBy === 'server') words.push('close');
  return words.join(' ');
}
