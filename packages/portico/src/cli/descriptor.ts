import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Where text leaves the process. */
export interface Descriptor {
  readonly isTty: boolean;
  /** Writes as much as the reader takes and says how many bytes that was; throws EAGAIN for none, EPIPE when nobody reads any more. */
  write(bytes: Uint8Array): number;
}

/** Standard output or standard error. */
export function openDescriptor(fd: 1 | 2): Descriptor {
  const isTty = isatty(fd);
  let target: number | undefined;
  return {
    isTty,
    write: (bytes) => {
      target ??= withoutBlocking(fd, isTty);
      return writeSync(target, bytes);
    },
  };
}

/**
 * A write to a full pipe or a stopped terminal would stop the host with it, so the descriptor must rather refuse.
 * Node makes pipes and sockets so when process.stdout is first touched. It leaves terminals as they are, because other programs share them:
 * those are opened a second time, which only Linux can do.
 */
function withoutBlocking(fd: 1 | 2, isTty: boolean): number {
  if (!isTty) {
    const kind = fstatSync(fd);
    if (kind.isFIFO() || kind.isSocket()) void (fd === 1 ? process.stdout : process.stderr);
    return fd;
  }
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // Another system, or another user's terminal: it works all the same, only a stopped terminal stops the host.
    return fd;
  }
}
