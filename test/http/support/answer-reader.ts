// Cuts what a caller gets into answers, without any of the host's code.

export type Answer = {
  readonly status: number;
  /** Status line and header lines, without the empty line. Latin-1. */
  readonly head: string;
  /** Without its framing. */
  readonly body: string;
  /** False: it broke off, or there is more to come. */
  readonly complete: boolean;
};

export type AnswerText = { readonly answers: readonly Answer[] /** What came behind the last whole answer. */; readonly rest: string };

/** `methods`: of the requests, in order; the last stands for all that follow. `ended`: no more comes. */
export function readAnswers(text: string, methods: readonly string[], ended: boolean): AnswerText {
  const answers: Answer[] = [];
  let rest = text;
  let turn = 0;
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(rest)?.[1] ?? Number.NaN);
    if (headEnd < 0 || Number.isNaN(status)) return { answers, rest };
    const head = rest.slice(0, headEnd);
    const afterHead = rest.slice(headEnd + 4);
    const method = methods[Math.min(turn, methods.length - 1)] ?? 'GET';
    const found = findBody(head, status, method, afterHead, ended);
    answers.push({ status, head, body: found?.body ?? afterHead, complete: found !== undefined });
    if (found === undefined) return { answers, rest: '' };
    if (status >= 200) turn += 1;
    rest = afterHead.slice(found.end);
  }
}

type FoundBody = { readonly end: number; readonly body: string };

function findBody(head: string, status: number, method: string, text: string, ended: boolean): FoundBody | undefined {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { end: 0, body: '' };
  if (/^transfer-encoding: chunked$/im.test(head)) return findChunks(text);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (length === undefined) return ended ? { end: text.length, body: text } : undefined;
  return text.length < Number(length) ? undefined : { end: Number(length), body: text.slice(0, Number(length)) };
}

function findChunks(text: string): FoundBody | undefined {
  let body = '';
  for (let at = 0; ; ) {
    const found = /^([\da-f]+)\r\n/i.exec(text.slice(at, at + 20));
    if (found === null) return undefined;
    const size = Number.parseInt(found[1] ?? '', 16);
    const start = at + found[0].length;
    if (size === 0) {
      const trailers = /^(?:[^\r\n]+\r\n)*\r\n/.exec(text.slice(start));
      return trailers === null ? undefined : { end: start + trailers[0].length, body };
    }
    body += text.slice(start, start + size);
    if (text.slice(start + size, start + size + 2) !== '\r\n') return undefined;
    at = start + size + 2;
  }
}
