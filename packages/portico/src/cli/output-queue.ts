import type { Clock } from '../core/clock.ts';
import type { Descriptor } from './descriptor.ts';

const FLUSH_AFTER_MS = 25;
const FLUSH_FROM_BYTES = 64 * 1024;
/** A reader that is this far behind loses lines: the host neither waits for it nor keeps everything. */
const BACKLOG_BYTES = 1024 * 1024;
const RETRY_AFTER_MS = 5;
const EXIT_PATIENCE_MS = 500;

/** No character of a JavaScript string takes more. */
const BYTES_PER_CHARACTER = 3;

const LINE_FEED = 10;

const NEVER = new AbortController().signal;

type QueueOptions = {
  readonly descriptor: Descriptor;
  readonly clock: Pick<Clock, 'sleep'>;
  /** The line that stands where lines are missing. */
  readonly describeLoss: (lineCount: number) => string;
};

/**
 * Collects lines and writes them together, a few dozen times a second: a system call for each would cost a tenth of a busy host's time.
 * They are encoded at once into a buffer that is used again and again, which leaves the garbage collector nothing to carry around.
 * Whoever ends the process calls flushBeforeExit.
 */
export class OutputQueue {
  readonly #descriptor: Descriptor;
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #describeLoss: (lineCount: number) => string;
  #buffer = Buffer.allocUnsafeSlow(2 * FLUSH_FROM_BYTES);
  /** What is not yet written lies in the buffer from #start to #end. */
  #start = 0;
  #end = 0;
  #lostCount = 0;
  #flushIsDue = false;
  #readerIsBehind = false;
  #closed = false;

  constructor({ descriptor, clock, describeLoss }: QueueOptions) {
    this.#descriptor = descriptor;
    this.#clock = clock;
    this.#describeLoss = describeLoss;
  }

  /** Takes one line, or several, without the last line break. */
  writeLine(line: string): void {
    if (this.#closed) return;
    this.#mentionLoss();
    if (this.#lostCount > 0 || !this.#append(line)) this.#lostCount++;
    // A reader that is behind is only asked now and then: a refused system call for each line would be dearer than all the rest.
    if (this.#end >= FLUSH_FROM_BYTES && !this.#readerIsBehind) this.#flush();
    if (!this.#flushIsDue && this.#hasMore()) void this.#flushLater();
  }

  /** Writes what is left, and waits for a slow reader, though not for ever. */
  flushBeforeExit(): void {
    this.#flush();
    for (let waitedMs = 0; this.#backlogBytes > 0 && waitedMs < EXIT_PATIENCE_MS; waitedMs += RETRY_AFTER_MS) {
      pauseThread(RETRY_AFTER_MS);
      this.#flush();
    }
    this.#mentionLoss();
    this.#flush();
  }

  async #flushLater(): Promise<void> {
    this.#flushIsDue = true;
    let delayMs = FLUSH_AFTER_MS;
    while (this.#hasMore()) {
      await this.#clock.sleep(delayMs, NEVER);
      this.#flush();
      this.#mentionLoss();
      delayMs = RETRY_AFTER_MS;
    }
    this.#flushIsDue = false;
  }

  #flush(): void {
    while (this.#backlogBytes > 0) {
      const count = this.#send();
      this.#readerIsBehind = count === 0;
      if (count === 0) return;
      this.#start += count;
    }
    this.#start = 0;
    this.#end = 0;
  }

  #send(): number {
    try {
      return this.#descriptor.write(this.#buffer.subarray(this.#start, this.#end));
    } catch (thrown) {
      // A full pipe (EAGAIN) or disk (ENOSPC) may take more later. Nobody will ever read a closed one: the host goes on without its output.
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'EPIPE' || code === 'EIO') this.#close();
      return 0;
    }
  }

  /** Once lines were lost, more are until half of the backlog is gone: one gap, said once, reads better than a hundred small ones. */
  #mentionLoss(): void {
    if (this.#lostCount === 0 || this.#backlogBytes > BACKLOG_BYTES / 2) return;
    if (this.#append(this.#describeLoss(this.#lostCount))) this.#lostCount = 0;
  }

  /** False when the backlog leaves no room. */
  #append(line: string): boolean {
    const neededBytes = (line.length + 1) * BYTES_PER_CHARACTER;
    if (this.#end + neededBytes > this.#buffer.length && !this.#makeRoom(neededBytes)) return false;
    this.#end += this.#buffer.write(line, this.#end);
    this.#buffer[this.#end++] = LINE_FEED;
    return true;
  }

  #makeRoom(neededBytes: number): boolean {
    const backlog = this.#buffer.subarray(this.#start, this.#end);
    const size = backlog.length + neededBytes;
    if (size > BACKLOG_BYTES) return false;
    const target = size > this.#buffer.length ? Buffer.allocUnsafeSlow(BACKLOG_BYTES) : this.#buffer;
    target.set(backlog);
    this.#buffer = target;
    this.#start = 0;
    this.#end = backlog.length;
    return true;
  }

  #close(): void {
    this.#closed = true;
    this.#lostCount = 0;
    this.#start = 0;
    this.#end = 0;
  }

  #hasMore(): boolean {
    return this.#backlogBytes > 0 || this.#lostCount > 0;
  }

  get #backlogBytes(): number {
    return this.#end - this.#start;
  }
}

/** Only for the moment before the process ends, when nothing else may run any more. */
function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
