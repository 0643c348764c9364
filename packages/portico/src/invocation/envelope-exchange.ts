// One envelope on its way to the handler: sent once, its reply read whole.
import { AZURE_HOST_VERSION } from '../core/azure.ts';
import type { HandlerChannel } from '../worker/handler-channel.ts';
import type { Exchange, ExchangeFault, ExchangeSink } from '../worker/handler-connection.ts';
import type { ReplyHead } from '../worker/reply-head.ts';

export type Envelope = {
  readonly functionName: string;
  readonly invocationId: string;
  /** Undefined for events, which continue no trace. */
  readonly traceparent: string | undefined;
  /** JSON. */
  readonly text: string;
};

export type EnvelopeReply = { readonly status: number; readonly contentType: string | undefined; readonly body: Buffer };

export interface EnvelopeSink {
  /** The body is lent until the call returns. */
  replied(reply: EnvelopeReply): void;
  failed(fault: ExchangeFault): void;
}

/** A reply is held whole, so it has an end. */
const MOST_REPLY_BYTES = 256 * 1024 * 1024;
const MOST_REDIRECTS = 50;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Returns how to give it up. */
export function sendEnvelope(channel: HandlerChannel, envelope: Envelope, sink: EnvelopeSink): () => void {
  const sending = new Sending(channel, envelope, sink);
  sending.send('POST', `/${envelope.functionName}`);
  return () => sending.exchange.abort();
}

class Sending implements ExchangeSink {
  readonly #channel: HandlerChannel;
  readonly #envelope: Envelope;
  readonly #sink: EnvelopeSink;
  #head: ReplyHead | undefined;
  #method = 'POST';
  #chunks: Buffer[] = [];
  #bytes = 0;
  #redirects = 0;
  exchange!: Exchange;

  constructor(channel: HandlerChannel, envelope: Envelope, sink: EnvelopeSink) {
    this.#channel = channel;
    this.#envelope = envelope;
    this.#sink = sink;
  }

  send(method: string, target: string): void {
    this.#method = method;
    this.#chunks = [];
    this.#bytes = 0;
    const { invocationId, traceparent, text } = this.#envelope;
    const trace = traceparent === undefined ? '' : `traceparent: ${traceparent}\r\n`;
    const own =
      `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${this.#channel.port}\r\nX-Azure-Functions-HostVersion: ${AZURE_HOST_VERSION}\r\n` +
      `X-Azure-Functions-InvocationId: ${invocationId}\r\nUser-Agent: Azure-Functions-Host/${AZURE_HOST_VERSION}\r\n${trace}`;
    const head = method === 'GET' ? `${own}\r\n` : `${own}${framed(text)}`;
    this.exchange = this.#channel.send({ method, head, complete: true, repeatable: false }, this);
  }

  interim(): void {}

  head(head: ReplyHead, body: Buffer, complete: boolean): void {
    this.#head = head;
    if (complete) this.#reply(head, body);
    else this.body(body);
  }

  body(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_REPLY_BYTES) {
      this.exchange.abort();
      this.#sink.failed({ reason: `its reply is longer than ${MOST_REPLY_BYTES} bytes`, unread: 'no' });
    } else if (chunk.length > 0) this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  end(): void {
    if (this.#head !== undefined) this.#reply(this.#head, Buffer.concat(this.#chunks));
  }

  drain(): void {}

  repeated(exchange: Exchange): void {
    this.exchange = exchange;
  }

  connected(): void {}

  failed(fault: ExchangeFault): void {
    // What answered with a redirect has read the request.
    this.#sink.failed(this.#redirects === 0 ? fault : { ...fault, unread: 'no' });
  }

  #reply(head: ReplyHead, body: Buffer): void {
    const target = REDIRECTS.has(head.status) ? this.#ownTarget(head.location) : undefined;
    if (target === undefined) return this.#sink.replied({ status: head.status, contentType: head.contentType, body });
    this.#redirects += 1;
    if (this.#redirects > MOST_REDIRECTS) {
      return this.#sink.failed({ reason: `it redirected more than ${MOST_REDIRECTS} times`, unread: 'no' });
    }
    // Parity: Azure's client turns a POST into a GET, except where the status forbids it (docs/parity.md).
    this.send(head.status < 307 ? 'GET' : this.#method, target);
  }

  /** Only the handler itself is asked again: its word must not make the host call somebody else. */
  #ownTarget(location: string | undefined): string | undefined {
    const origin = `http://127.0.0.1:${this.#channel.port}`;
    if (location === undefined || !URL.canParse(location, origin)) return undefined;
    const url = new URL(location, origin);
    return url.origin === origin ? url.pathname + url.search : undefined;
  }
}

/** Parity: chunked, although the length is known; one character a byte. */
function framed(text: string): string {
  const bytes = Buffer.byteLength(text);
  const body = bytes === text.length ? text : Buffer.from(text).toString('latin1');
  return `Transfer-Encoding: chunked\r\nContent-Type: application/json; charset=utf-8\r\n\r\n${bytes.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}
