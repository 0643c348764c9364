import { StringDecoder } from 'node:string_decoder';

/** A line longer than this arrives in pieces, so that a program that never ends its line cannot fill the memory. */
const LONGEST_LINE_CHARACTERS = 64 * 1024;

export type LineSplitter = {
  push(chunk: Buffer): void;
  /** Hands over what is left after the last line break. */
  end(): void;
};

/** Cuts UTF-8 into lines, however the bytes are cut into chunks. A line ends with \n, \r\n or, as progress displays write it, \r. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let endedInReturn = false;

  function take(decoded: string): void {
    if (decoded === '') return;
    const text = endedInReturn && decoded.startsWith('\n') ? decoded.slice(1) : decoded;
    endedInReturn = decoded.endsWith('\r');
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) handOver(line);
    while (rest.length > LONGEST_LINE_CHARACTERS) {
      onLine(rest.slice(0, LONGEST_LINE_CHARACTERS));
      rest = rest.slice(LONGEST_LINE_CHARACTERS);
    }
  }

  function handOver(line: string): void {
    for (let at = 0; at < line.length || at === 0; at += LONGEST_LINE_CHARACTERS) onLine(line.slice(at, at + LONGEST_LINE_CHARACTERS));
  }

  return {
    push: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
