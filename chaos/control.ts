// The wire to the handlers, past the host: each one that starts connects to a socket and says who it is; orders come back on it.
// Its end is the end of the process, and the kernel reports it at once.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Commands of handler.cjs. */
export type Command =
  | { readonly name: 'exit' | 'leak' | 'release' | 'fork' }
  /** Each answer comes by so much later than the one before; 0: at once again. */
  | { readonly name: 'slow'; readonly growMs: number }
  | { readonly name: 'flood'; readonly kind: 'lines' | 'one-line' | 'bytes'; readonly forMs: number };

/** What a handler says of itself beside its first words. */
export type Message = { readonly leakedCount?: number; readonly floodedBytes?: number; readonly forked?: readonly number[] };

export type LivingHandler = {
  readonly pid: number;
  readonly generation: number;
  readonly isAlive: boolean;
  /** The latest of each kind. */
  readonly told: Message;
  command(command: Command): void;
};

export type Control = AsyncDisposable & {
  /** The file that handlers connect to. */
  readonly path: string;
  /** Oldest first. */
  living(): LivingHandler[];
  /** Of POST requests that handlers have begun, those that more than one run had. */
  readonly ranTwice: readonly string[];
};

export async function openControl(path: string): Promise<Control> {
  const handlers = new Set<Handler>();
  const ran = new Set<string>();
  const ranTwice: string[] = [];
  const server = createServer((socket) => {
    let handler: Handler | undefined;
    socket.on('error', () => {
      // A killed process resets it; 'close' follows.
    });
    socket.on('close', () => {
      if (handler !== undefined) handlers.delete(handler);
      handler?.end();
    });
    createInterface(socket).on('line', (line) => {
      const { pid, generation, ran: nonce, ...rest } = JSON.parse(line) as Message & { pid?: number; generation?: number; ran?: string };
      if (pid !== undefined) {
        handler = new Handler(pid, generation ?? 0, socket);
        handlers.add(handler);
      } else if (nonce === undefined) handler?.hear(rest);
      else if (ran.has(nonce)) ranTwice.push(nonce);
      else ran.add(nonce);
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    living: () => [...handlers],
    ranTwice,
    async [Symbol.asyncDispose]() {
      for (const handler of handlers) handler.hangUp();
      server.close();
      await once(server, 'close');
    },
  };
}

class Handler implements LivingHandler {
  readonly pid: number;
  readonly generation: number;
  readonly #socket: Socket;
  isAlive = true;
  told: Message = {};

  constructor(pid: number, generation: number, socket: Socket) {
    this.pid = pid;
    this.generation = generation;
    this.#socket = socket;
  }

  command(command: Command): void {
    this.#socket.write(JSON.stringify(command));
  }

  hear(message: Message): void {
    this.told = { ...this.told, ...message };
  }

  end(): void {
    this.isAlive = false;
  }

  hangUp(): void {
    this.#socket.destroy();
  }
}
