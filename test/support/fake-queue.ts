// A queue of the storage service for tests: its time is that of a FakeClock, and it fails when it is told to.
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { Clock } from '../../packages/portico/src/core/clock.ts';

type Stored = { readonly id: string; text: string; receipt: string; visibleAtMs: number; dequeueCount: number; readonly insertedOn: Date };

export type FakeCall = {
  readonly name: 'receive' | 'update' | 'delete' | 'send';
  readonly id?: string;
  readonly seconds?: number | undefined;
};

export class FakeQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #stored: Stored[] = [];
  #count = 0;
  /** What was asked, in order. */
  readonly calls: FakeCall[] = [];
  /** Called before each request; what it throws is the answer, and what it waits for is waited for. */
  before: (call: FakeCall, signal: AbortSignal | undefined) => Promise<void> | void = () => {};
  /** Called when a request has been done, and before its answer arrives. */
  after: (call: FakeCall) => Promise<void> | void = () => {};

  constructor(clock: Clock, name = 'orders') {
    this.#clock = clock;
    this.name = name;
  }

  put(text: string, dequeueCount = 0): string {
    this.#count += 1;
    const id = `id-${this.#count}`;
    this.#stored.push({ id, text, receipt: '', visibleAtMs: this.#nowMs, dequeueCount, insertedOn: this.#clock.now() });
    return id;
  }

  remove(id: string): void {
    this.#stored.splice(
      this.#stored.findIndex((one) => one.id === id),
      1,
    );
  }

  /** As somebody else does it. */
  takeAway(id: string): void {
    this.#find(id).receipt = 'of somebody else';
  }

  get texts(): readonly string[] {
    return this.#stored.map(({ text }) => text);
  }

  /** In milliseconds; undefined: it is not there. */
  invisibleFor(id: string): number | undefined {
    const found = this.#stored.find((one) => one.id === id);
    return found && Math.max(0, found.visibleAtMs - this.#nowMs);
  }

  /** As far as the loop uses it. */
  get client(): QueueClient {
    const client = {
      name: this.name,
      receiveMessages: (options: { numberOfMessages: number; visibilityTimeout: number; abortSignal?: AbortSignal }) =>
        this.#answer({ name: 'receive' }, options.abortSignal, () => this.#receive(options)),
      updateMessage: (id: string, receipt: string, _text: undefined, seconds: number, options: { abortSignal?: AbortSignal } = {}) =>
        this.#answer({ name: 'update', id, seconds }, options.abortSignal, () => {
          const message = this.#held(id, receipt);
          message.visibleAtMs = this.#nowMs + seconds * 1000;
          return { popReceipt: this.#newReceipt(message) };
        }),
      deleteMessage: (id: string, receipt: string, options: { abortSignal?: AbortSignal } = {}) =>
        this.#answer({ name: 'delete', id }, options.abortSignal, () => {
          this.#held(id, receipt);
          this.remove(id);
        }),
      sendMessage: (text: string, options: { abortSignal?: AbortSignal } = {}) =>
        this.#answer({ name: 'send' }, options.abortSignal, () => void this.put(text)),
    };
    return client as unknown as QueueClient;
  }

  get #nowMs(): number {
    return this.#clock.now().getTime();
  }

  async #answer<Reply>(call: FakeCall, signal: AbortSignal | undefined, work: () => Reply): Promise<Reply> {
    this.calls.push(call);
    await this.before(call, signal);
    const reply = work();
    await this.after(call);
    return reply;
  }

  #receive({ numberOfMessages, visibilityTimeout }: { numberOfMessages: number; visibilityTimeout: number }) {
    const found = this.#stored.filter(({ visibleAtMs }) => visibleAtMs <= this.#nowMs).slice(0, numberOfMessages);
    const receivedMessageItems = found.map((message): DequeuedMessageItem => {
      message.dequeueCount += 1;
      message.visibleAtMs = this.#nowMs + visibilityTimeout * 1000;
      return {
        messageId: message.id,
        messageText: message.text,
        popReceipt: this.#newReceipt(message),
        dequeueCount: message.dequeueCount,
        insertedOn: message.insertedOn,
        expiresOn: new Date(message.insertedOn.getTime() + 7 * 86_400_000),
        nextVisibleOn: new Date(message.visibleAtMs),
      };
    });
    return { receivedMessageItems };
  }

  #newReceipt(message: Stored): string {
    this.#count += 1;
    message.receipt = `receipt-${this.#count}`;
    return message.receipt;
  }

  #held(id: string, receipt: string): Stored {
    const message = this.#find(id);
    if (message.receipt !== receipt) throw storageFault(400, 'PopReceiptMismatch');
    return message;
  }

  #find(id: string): Stored {
    const message = this.#stored.find((one) => one.id === id);
    if (message === undefined) throw storageFault(404, 'MessageNotFound');
    return message;
  }
}

/** As the storage library throws it. `status` undefined: there was no answer. */
export function storageFault(statusCode: number | undefined, code: string): Error {
  return Object.assign(new Error(`${code} happened.`), { name: 'RestError', code, ...(statusCode !== undefined && { statusCode }) });
}
