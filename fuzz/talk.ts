// A caller that is nothing but a socket: it says its piece and waits for as many answers as it has asked for.
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readAnswers } from '../test/http/support/answer-reader.ts';

/** Longer than any answer of a handler that answers at once can take, on the busiest machine. */
const PATIENCE_MS = 20_000;

export type Talk = { /** Latin-1. */ readonly text: string; readonly endedBy: 'server' | 'caller' | 'nobody' };

/** `methods`: of what is asked, as far as it is a request at all. With their answers, or at once if there is none, the caller ends its side. */
export async function talk(port: number, pieces: readonly string[], methods: readonly string[]): Promise<Talk> {
  let text = '';
  let endedBy: Talk['endedBy'] = 'nobody';
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.on('close', resolve));
  const patience = setTimeout(() => socket.destroy(), PATIENCE_MS);
  const endWhenAnswered = (): void => {
    const finals = readAnswers(text, methods, false).answers.filter(({ status, complete }) => status >= 200 && complete);
    if (endedBy !== 'nobody' || finals.length < methods.length) return;
    endedBy = 'caller';
    socket.end();
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    endWhenAnswered();
  });
  const serverEnds = (): void => {
    if (endedBy === 'nobody') endedBy = 'server';
    socket.end();
  };
  // A reset ends it as well.
  socket.on('end', serverEnds).on('error', serverEnds);
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece, 'latin1');
    await nextTurn();
  }
  endWhenAnswered();
  await closed;
  clearTimeout(patience);
  return { text, endedBy };
}
