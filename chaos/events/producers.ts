// Sends work at a fixed pace, whatever becomes of it. What is not acknowledged is sent no second time: it may be there.
import type { Random } from '../random.ts';
import { pause } from '../wait.ts';
import type { Run } from './journal.ts';
import type { Storage } from './storage.ts';
import { createWork, type Sent, type Source, sources, type Work } from './work.ts';

export type ProducerOptions = {
  readonly random: Random;
  readonly perSecond: number;
  readonly storage: Storage;
  /** All that the handlers have written down by now. */
  readonly runs: () => readonly Run[];
};

/** Every so many blobs are written again, once their first version has been handled. */
const BLOBS_PER_SECOND_VERSION = 3;

export class Producers {
  readonly sent: Sent[] = [];
  readonly unsure: Sent[] = [];
  readonly #options: ProducerOptions;
  readonly #make: (source: Source, key: string) => Work;
  readonly #newVersions: string[] = [];
  #count = 0;

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#make = createWork(options.random);
  }

  /** So many of each source. */
  async send(count: number, signal: AbortSignal): Promise<void> {
    const { random, perSecond } = this.#options;
    const rest = new Map(sources.map((source) => [source, count]));
    const underWay: Promise<void>[] = [];
    while (rest.size > 0) {
      const [first, ...others] = rest.keys();
      const source = first === undefined ? 'Work' : random.pick([first, ...others]);
      const left = (rest.get(source) ?? 0) - 1;
      if (left === 0) rest.delete(source);
      else rest.set(source, left);
      underWay.push(this.#send(this.#make(source, this.#nextKey(source))));
      await pause(1000 / perSecond, signal);
    }
    await Promise.all(underWay);
  }

  /** Keys of blobs are NAME.VERSION. */
  #nextKey(source: Source): string {
    this.#count += 1;
    if (source !== 'Files') return `${source.toLowerCase()}-${this.#count}`;
    const old = this.#newVersions.find((name) => this.#isHandled(`${name}.1`));
    if (old !== undefined) this.#newVersions.splice(this.#newVersions.indexOf(old), 1);
    else if (this.#count % BLOBS_PER_SECOND_VERSION === 0) this.#newVersions.push(`file-${this.#count}`);
    return old === undefined ? `file-${this.#count}.1` : `${old}.2`;
  }

  #isHandled(key: string): boolean {
    return this.#options.runs().some((run) => run.key === key && run.ended?.succeeds);
  }

  async #send(made: Work): Promise<void> {
    const work = { ...made, sentMs: Date.now() };
    try {
      await this.#options.storage.send(work);
      this.sent.push(work);
    } catch {
      // The service was killed: before or after it wrote it down, nobody knows.
      this.unsure.push(work);
    }
  }
}
