import type { EventEmitter } from 'node:events';

/** Resolves when a connection is gone, in peace or not: `once` would reject on its error. */
export function untilClosed(connection: EventEmitter): Promise<void> {
  return new Promise((resolve) => connection.once('close', () => resolve()));
}
