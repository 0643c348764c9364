import { isatty } from 'node:tty';

/** Where a person or another program says something. */
export interface Input {
  readonly isTty: boolean;
  /** All there is, until its end. */
  readAll(): Promise<Uint8Array>;
  /** What is typed until the next line break; empty at the end. */
  readLine(): Promise<string>;
}

/** Standard input. Most commands never read it, and pay nothing for it. */
export const standardInput: Input = {
  get isTty() {
    return isatty(0);
  },
  async readAll() {
    const { buffer } = await import('node:stream/consumers');
    return buffer(process.stdin);
  },
  async readLine() {
    const { createInterface } = await import('node:readline');
    // Closed when the loop is left.
    for await (const line of createInterface({ input: process.stdin })) return line;
    return '';
  },
};
