// What a command that ends by itself has to say: all of it is written, however slow the reader is.
import type { Clock } from '../core/clock.ts';
import type { Descriptor } from './descriptor.ts';

const RETRY_AFTER_MS = 5;
const NEVER = new AbortController().signal;

export type Printer = {
  /** Takes one line, or several, without the last line break. */
  line(text: string): Promise<void>;
};

export function createPrinter(descriptor: Descriptor, clock: Pick<Clock, 'sleep'>): Printer {
  return {
    async line(text) {
      const bytes = Buffer.from(`${text}\n`);
      for (let start = 0; start < bytes.length; ) {
        try {
          start += descriptor.write(bytes.subarray(start));
        } catch (thrown) {
          const { code } = thrown as NodeJS.ErrnoException;
          // Nobody reads any more: there is nobody to tell.
          if (code === 'EPIPE' || code === 'EIO') return;
          if (code !== 'EAGAIN') throw thrown;
          await clock.sleep(RETRY_AFTER_MS, NEVER);
        }
      }
    },
  };
}
