// Reads one HTTP/1.1 answer after another out of a growing stream of bytes, without losing header case, order or duplicates.
import { bodyFields } from './bodies.ts';
import type { Answer, HeaderPair } from './types.ts';

type State = 'head' | 'fixed' | 'until-close' | 'chunk-size' | 'chunk' | 'trailers';

export class AnswerReader {
  readonly answers: Answer[] = [];
  readonly interim: Answer[] = [];
  #pending: Buffer = Buffer.alloc(0);
  #answer: Answer = {};
  #state: State = 'head';
  #left = 0;
  #bodyParts: Buffer[] = [];
  #firstBodyAt = 0;
  #lastBodyAt = 0;
  readonly #methods: readonly string[];

  constructor(methods: readonly string[]) {
    this.#methods = methods;
  }

  push(bytes: Buffer, at: number): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#step(at));
  }

  /** The connection is over: an answer without a length ends here; another one is cut short. */
  end(): void {
    if (this.#state === 'until-close') this.#finish();
    else if (this.#state !== 'head') {
      this.#answer.truncated = true;
      this.#finish();
    } else if (this.#pending.length > 0 && this.answers.at(-1)?.status !== 101) {
      this.answers.push({ unparsed: this.#pending.toString('latin1') });
    }
  }

  get rest(): Buffer {
    return this.#pending;
  }

  /** True when there was enough to go one step further. */
  #step(at: number): boolean {
    if (this.#state === 'head') return this.#readHead();
    if (this.#state === 'chunk-size') return this.#readChunkSize();
    if (this.#state === 'chunk') return this.#readChunk(at);
    if (this.#state === 'trailers') return this.#readTrailers();
    return this.#readBody(at);
  }

  #line(): string | undefined {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return undefined;
    const line = this.#pending.subarray(0, end).toString('latin1');
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  #readHead(): boolean {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const [first = '', ...lines] = this.#pending.subarray(0, end).toString('latin1').split('\r\n');
    const match = /^HTTP\/(\d\.\d) (\d{3}) ?(.*)$/.exec(first);
    if (!match) return false;
    this.#pending = this.#pending.subarray(end + 4);
    const rawHeaders = lines.map(headerPair);
    const status = Number(match[2]);
    const answer: Answer = { status, statusText: match[3] ?? '', httpVersion: match[1] ?? '', rawHeaders };
    if (status >= 100 && status < 200 && status !== 101) {
      this.interim.push(answer);
      return true;
    }
    this.#answer = answer;
    this.#bodyParts = [];
    const value = (name: string) => rawHeaders.find(([key]) => key.toLowerCase() === name)?.[1];
    const method = this.#methods[this.answers.length] ?? this.#methods.at(-1);
    const length = value('content-length');
    if (method === 'HEAD' || [101, 204, 304].includes(status)) return this.#finish();
    if (/chunked/i.test(value('transfer-encoding') ?? '')) this.#state = 'chunk-size';
    else if (length === '0') return this.#finish();
    else if (length !== undefined) {
      this.#state = 'fixed';
      this.#left = Number(length);
    } else this.#state = 'until-close';
    return true;
  }

  #keep(bytes: Buffer, at: number): void {
    if (this.#bodyParts.length === 0) this.#firstBodyAt = at;
    this.#lastBodyAt = at;
    this.#bodyParts.push(bytes);
  }

  #readBody(at: number): boolean {
    if (this.#pending.length === 0) return false;
    const size = this.#state === 'fixed' ? Math.min(this.#left, this.#pending.length) : this.#pending.length;
    this.#keep(this.#pending.subarray(0, size), at);
    this.#pending = this.#pending.subarray(size);
    if (this.#state === 'until-close') return false;
    this.#left -= size;
    return this.#left === 0 ? this.#finish() : false;
  }

  #readChunkSize(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    this.#left = Number.parseInt(line, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    return true;
  }

  #readChunk(at: number): boolean {
    if (this.#pending.length < this.#left + 2) return false;
    this.#keep(this.#pending.subarray(0, this.#left), at);
    this.#pending = this.#pending.subarray(this.#left + 2);
    this.#state = 'chunk-size';
    return true;
  }

  #readTrailers(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    if (line === '') return this.#finish();
    this.#answer.trailers ??= [];
    this.#answer.trailers.push(headerPair(line));
    return true;
  }

  #finish(): boolean {
    const streamedMs = this.#bodyParts.length === 0 ? 0 : this.#lastBodyAt - this.#firstBodyAt;
    this.answers.push({ ...this.#answer, ...bodyFields(Buffer.concat(this.#bodyParts)), streamedMs });
    this.#state = 'head';
    return true;
  }
}

function headerPair(line: string): HeaderPair {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
