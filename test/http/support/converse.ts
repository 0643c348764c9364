// A caller that is nothing but a socket.
import { connect } from 'node:net';
import { type AnswerText, readAnswers } from './answer-reader.ts';

export type Words = {
  /** Bytes, Latin-1. */
  readonly send: string;
  /** Sent once the first answer, an interim one included, has come. */
  readonly afterwards?: string | undefined;
  /** Of the requests, in order. */
  readonly methods: readonly string[];
  /** So many final answers are waited for; with them the caller ends its side. */
  readonly answerCount: number;
  /** The caller ends its side once it has sent. */
  readonly leaves: boolean;
  /** The server is to end the connection, so the caller does not when it has its answers. */
  readonly untilClosed: boolean;
  readonly patienceMs: number;
};

export type Conversation = AnswerText & {
  /** All that came, Latin-1. */
  readonly text: string;
  /** `caller`: it had what it waited for, and left. `nobody`: patience ended. */
  readonly endedBy: 'server' | 'caller' | 'nobody';
};

export async function converse(port: number, words: Words): Promise<Conversation> {
  const { send, methods, answerCount, leaves, untilClosed, patienceMs } = words;
  let { afterwards } = words;
  let text = '';
  let endedBy = 'nobody' as Conversation['endedBy'];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const patience = setTimeout(() => socket.destroy(), patienceMs);
  const hear = (chunk: string): void => {
    text += chunk;
    const { answers } = readAnswers(text, methods, false);
    if (afterwards !== undefined && answers.length > 0) {
      socket.write(afterwards, 'latin1');
      afterwards = undefined;
    }
    const finals = answers.filter(({ status, complete }) => status >= 200 && complete);
    if (untilClosed || endedBy !== 'nobody' || finals.length < answerCount) return;
    endedBy = 'caller';
    socket.end();
  };
  socket.setEncoding('latin1').on('data', hear);
  socket.on('end', () => {
    if (endedBy === 'nobody') endedBy = 'server';
    socket.end();
  });
  socket.on('error', () => {
    // A reset ends the conversation as well.
    if (endedBy === 'nobody') endedBy = 'server';
  });
  socket.write(send, 'latin1');
  if (leaves) socket.end();
  await closed;
  clearTimeout(patience);
  return { ...readAnswers(text, methods, endedBy === 'server'), text, endedBy };
}
