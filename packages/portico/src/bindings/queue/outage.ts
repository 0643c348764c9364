import { describeStorageError } from '../../azure/storage-error.ts';
import { HostError, messageOf } from '../../core/error.ts';
import type { Logger } from '../../core/log.ts';

/** What does not work at present. */
type Failing = 'taking messages' | 'settling messages';

/** Storage that goes away is said once, and once that it is back, whoever finds out. */
export class Outage {
  readonly #queueName: string;
  readonly #functionName: string;
  readonly #log: Logger;
  readonly #failing = new Set<Failing>();

  constructor(queueName: string, { log, functionName }: { readonly log: Logger; readonly functionName: string }) {
    this.#queueName = queueName;
    this.#functionName = functionName;
    this.#log = log;
  }

  failed(what: Failing, error: unknown): void {
    const isNew = this.#failing.size === 0;
    this.#failing.add(what);
    const functionName = this.#functionName;
    if (!isNew)
      return this.#log.debug('The queue still cannot be used.', { functionName, fields: { failing: what, reason: messageOf(error) } });
    const described = describeStorageError(error, `The queue "${this.#queueName}" cannot be used`);
    const more = described instanceof HostError ? { code: described.code, hint: described.hint } : {};
    this.#log.warning(described.message, { functionName, ...more });
  }

  worked(what: Failing): void {
    if (!this.#failing.delete(what) || this.#failing.size > 0) return;
    this.#log.information(`The queue "${this.#queueName}" can be used again.`, { functionName: this.#functionName });
  }
}
