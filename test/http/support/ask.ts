import { type Conversation, converse, type Words } from './converse.ts';

/** One question and its answer, for a test that wants no more. */
export async function ask(port: number, send: string, more: Partial<Words> = {}): Promise<Conversation> {
  const [method = 'GET'] = send.split(' ', 1);
  return converse(port, { send, methods: [method], answerCount: 1, leaves: false, untilClosed: false, patienceMs: 10_000, ...more });
}

/** `GET /path HTTP/1.1` and the like, with a Host and these header lines. */
export function question(line: string, headers: readonly string[] = [], body = ''): string {
  return `${[`${line} HTTP/1.1`, 'Host: app.example', ...headers].join('\r\n')}\r\n\r\n${body}`;
}
