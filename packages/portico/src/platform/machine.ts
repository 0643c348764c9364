import { realpathSync } from 'node:fs';
import { availableParallelism, hostname, networkInterfaces, tmpdir } from 'node:os';
import { type ForeignFormat, listForeignFormats } from './linux.ts';

export type Machine = {
  /** In Node's words: linux, darwin, win32. */
  readonly platform: string;
  /** In Node's words: x64, arm64. */
  readonly arch: string;
  /** Whether it runs programs made for another one, through an emulator such as QEMU or WSL. `head`: the first bytes of the program. */
  runsForeign(head: Buffer): boolean;
};

export const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  runsForeign: (head) => process.platform === 'linux' && listForeignFormats().some((format) => matches(format, head)),
};

function matches({ offset, magic, mask }: ForeignFormat, head: Buffer): boolean {
  return magic.every((byte, index) => ((head[offset + index] ?? 0) & (mask[index] ?? 0xff)) === (byte & (mask[index] ?? 0xff)));
}

/** Of this process itself. */
export const ownProcessId = process.pid;

/** As the network knows it. */
export const machineName = hostname();

/** The IPv4 addresses by which other machines reach this one. */
export function outsideAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}

/** Without a slash at its end. */
export const temporaryFolder = tmpdir();

/** That this process may use: a container or taskset may allow fewer than there are. */
export const processorCount = (): number => availableParallelism();

/** IANA name. Asked when a timer needs it: the first question costs milliseconds. */
export function systemTimeZone(): string {
  // Its type is wrong: where TZ is nothing that ICU knows (":/etc/localtime", "Europe/Berlln") there is none.
  const known: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return known ?? linkedTimeZone() ?? 'UTC';
}

function linkedTimeZone(): string | undefined {
  try {
    return /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(realpathSync('/etc/localtime'))?.[1];
  } catch {
    // Containers often have no such file, and Windows never has; they run in UTC, or have said TZ.
    return undefined;
  }
}
