import { HostError, messageOf } from './error.ts';
import type { LogFields, Logger } from './log.ts';

/**
 * Something that a listener needs does not work for a while: said once, however much fails because of it, and once that it works again.
 * What fails is told apart by a key of its own, whatever that may be.
 */
export class Outage {
  readonly #log: Logger;
  readonly #functionName: string;
  readonly #failing = new Set<unknown>();

  constructor({ log, functionName }: { readonly log: Logger; readonly functionName: string }) {
    this.#log = log;
    this.#functionName = functionName;
  }

  failed(key: unknown, error: unknown, fields: LogFields = {}): void {
    const isNews = this.#failing.size === 0;
    this.#failing.add(key);
    const functionName = this.#functionName;
    if (!isNews) return this.#log.debug('It still fails.', { functionName, fields: { ...fields, reason: messageOf(error) } });
    if (error instanceof HostError) this.#log.warning(error.message, { functionName, fields, code: error.code, hint: error.hint });
    else this.#log.warning('The listener had to pause.', { functionName, fields: { ...fields, reason: messageOf(error) } });
  }

  worked(key: unknown): void {
    if (!this.#failing.delete(key) || this.#failing.size > 0) return;
    // As visible as its beginning: what the host says is shown from warnings on.
    this.#log.warning('The listener works again.', { functionName: this.#functionName });
  }

  /** It is not tried any more, so nothing is known of it. */
  forget(key: unknown): void {
    this.#failing.delete(key);
  }
}
