// What becomes of one message: whether the function runs for it, and what its outcome means. Its fate is decided here, and nowhere else.
import type { HeldMessage, PoisonQueue } from '../../azure/held-message.ts';
import type { MessageFate } from '../../azure/message-loop.ts';
import { type BindingValue, dateTimeOffset } from '../../core/binding-value.ts';
import type { ListenerContext, TriggerEvent } from '../../core/extension.ts';
import type { LogFields } from '../../core/log.ts';
import { decodeMessage, type MessageEncoding, textOf } from './message-encoding.ts';

export type MessageHandlingOptions = {
  readonly queueName: string;
  /** The handler gets bytes, not text. */
  readonly isBinary: boolean;
  readonly maxDequeueCount: number;
  /** How long a message that failed is invisible. */
  readonly retryDelayMs: number;
  readonly encoding: MessageEncoding;
  /** Undefined: there is none, and so no limit to the tries. */
  readonly poison: PoisonQueue | undefined;
  readonly context: Pick<ListenerContext, 'functionName' | 'log' | 'invoke'>;
};

/** As far as it is read here. */
export type TakenMessage = Pick<HeldMessage, 'item' | 'receipt' | 'returnsAt'>;

export class MessageHandling {
  readonly #options: MessageHandlingOptions;

  constructor(options: MessageHandlingOptions) {
    this.#options = options;
  }

  async handle(message: TakenMessage, abandoning: AbortSignal): Promise<MessageFate> {
    const { isBinary, maxDequeueCount, encoding, poison, context } = this.#options;
    const { dequeueCount, messageText } = message.item;
    // Parity: where there is no poison queue it is tried for ever.
    if (dequeueCount > maxDequeueCount && poison !== undefined) {
      return this.#giveUp(
        message,
        `Message was taken ${dequeueCount} times, more than MaxDequeueCount of ${maxDequeueCount}, so the function is not called.`,
      );
    }
    // Azure's host says of these that they were tried too often, or tries them that often, although no try can help.
    const bytes = decodeMessage(messageText, encoding);
    if (bytes === undefined) return this.#giveUp(message, 'Message is not base64, which "messageEncoding" of host.json says it is.');
    const text = textOf(bytes);
    if (text === undefined && !isBinary)
      return this.#giveUp(message, 'Message is not UTF-8, so it is no text. "dataType": "binary" takes bytes.');
    const value = text === undefined || isBinary ? bytes : text;
    const outcome = await context.invoke(this.#eventOf(message, value, text), abandoning);
    if (outcome.status === 'succeeded') return { kind: 'done' };
    return outcome.status === 'abandoned' ? { kind: 'again', afterMs: 0 } : this.#afterFailure(message, outcome.invocationId);
  }

  #eventOf(message: TakenMessage, value: BindingValue, text: string | undefined): TriggerEvent {
    const { messageId, dequeueCount, insertedOn } = message.item;
    return {
      value,
      bindingData: new BindingData(message, text),
      reason: `New queue message detected on '${this.#options.queueName}'.`,
      details: { MessageId: messageId, DequeueCount: dequeueCount, InsertedOn: insertedOn.toISOString().replace('Z', '+00:00') },
    };
  }

  #afterFailure(message: TakenMessage, invocationId: string): MessageFate {
    const { maxDequeueCount, retryDelayMs, poison } = this.#options;
    const { dequeueCount } = message.item;
    if (poison === undefined) return this.#hide(message, `Attempt ${dequeueCount} failed`);
    if (dequeueCount >= maxDequeueCount) return this.#giveUp(message, `Message has reached MaxDequeueCount of ${maxDequeueCount}.`);
    const next = retryDelayMs > 0 ? `next in ${Math.ceil(retryDelayMs / 1000)} s` : 'next at once';
    this.#warn(`Attempt ${dequeueCount}/${maxDequeueCount} failed, ${next}; after the last, ${poison.name}.`, message, {
      maxDequeueCount,
      retryDelayMs,
      poisonQueue: poison.name,
      invocationId,
    });
    return { kind: 'again', afterMs: retryDelayMs };
  }

  #giveUp(message: TakenMessage, reason: string): MessageFate {
    const { poison } = this.#options;
    if (poison === undefined) return this.#hide(message, reason.replace(/\.$/, ''));
    this.#warn(`${reason} Moving message to queue '${poison.name}'.`, message, { poisonQueue: poison.name });
    return { kind: 'poison', queue: poison };
  }

  /** Parity: there is nowhere else to put it. Azure's host does not say so. */
  #hide(message: TakenMessage, what: string): MessageFate {
    const returnsAt = message.returnsAt.toISOString();
    const there = `The queue "${this.#options.queueName}" has no poison queue: the message is invisible until ${returnsAt}, and comes again then.`;
    this.#warn(`${what}. ${there}`, message, { returnsAt });
    return { kind: 'hidden' };
  }

  #warn(text: string, { item }: TakenMessage, more: LogFields): void {
    const { functionName, log } = this.#options.context;
    log.warning(text, { functionName, fields: { messageId: item.messageId, dequeueCount: item.dequeueCount, ...more } });
  }
}

/** Read anew for each attempt, since the receipt changes when the message is renewed. */
class BindingData implements Iterable<readonly [string, BindingValue]> {
  readonly #message: TakenMessage;
  readonly #text: string | undefined;

  constructor(message: TakenMessage, text: string | undefined) {
    this.#message = message;
    this.#text = text;
  }

  *[Symbol.iterator](): Generator<readonly [string, BindingValue]> {
    const { item, receipt } = this.#message;
    yield ['DequeueCount', item.dequeueCount];
    yield ['ExpirationTime', dateTimeOffset(item.expiresOn)];
    yield ['Id', item.messageId];
    yield ['InsertionTime', dateTimeOffset(item.insertedOn)];
    yield ['NextVisibleTime', dateTimeOffset(item.nextVisibleOn)];
    yield ['PopReceipt', receipt];
    if (this.#text !== undefined) yield ['QueueTrigger', this.#text];
  }
}
