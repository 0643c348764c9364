import { existsSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { type ForeignFormat, listForeignFormats } from './linux.ts';

export type Machine = {
  /** In Node's words: linux, darwin, win32. */
  readonly platform: string;
  /** In Node's words: x64, arm64. */
  readonly arch: string;
  /** Whether it runs programs made for another one, through an emulator such as QEMU, WSL or Rosetta. `head`: the first bytes of the program. */
  runsForeign(head: Buffer): boolean;
};

const ROSETTA = '/Library/Apple/usr/share/rosetta';

export const thisMachine: Machine = {
  platform: process.platform,
  arch: process.arch,
  runsForeign(head) {
    if (process.platform === 'linux') return listForeignFormats().some((format) => matches(format, head));
    return process.platform === 'darwin' && existsSync(ROSETTA);
  },
};

function matches({ offset, magic, mask }: ForeignFormat, head: Buffer): boolean {
  return magic.every((byte, index) => ((head[offset + index] ?? 0) & (mask[index] ?? 0xff)) === (byte & (mask[index] ?? 0xff)));
}

/** As the network knows it. */
export const machineName = hostname();

/** Without a slash at its end. */
export const temporaryFolder = tmpdir();
