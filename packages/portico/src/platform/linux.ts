// What Linux tells under /proc: processes, listening sockets, foreign program formats. A process may vanish between two reads: it is left out then.
import { promises, readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type ProcessFacts = { readonly pid: number; readonly parentPid: number; readonly groupId: number; readonly state: string };

/** `userId`: of whoever opened it. */
export type ListeningSocket = { readonly address: string; readonly port: number; readonly userId: number; readonly inode: string };

/** How the kernel recognises programs for another machine, and hands them to an emulator. https://docs.kernel.org/admin-guide/binfmt-misc.html */
export type ForeignFormat = { readonly offset: number; readonly magic: Buffer; readonly mask: Buffer };

const LISTEN = '0A';
/** `starttime` is number 22 in all, the third after the name being the first here. https://docs.kernel.org/filesystems/proc.html */
const START_FIELD = 19;
const FOREIGN_FORMATS = '/proc/sys/fs/binfmt_misc';

export function listProcesses(): ProcessFacts[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readProcess(Number(pid)))
    .filter((facts) => facts !== undefined);
}

export function hasLivingMember(groupId: number): boolean {
  return listProcesses().some((facts) => facts.groupId === groupId && facts.state !== 'Z');
}

export function commandLineOf(pid: number): string | undefined {
  return readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim();
}

/** When it started, in the kernel's ticks; undefined when there is no such process, or when it has ended and only waits for its parent to notice. */
export function startOfProcess(pid: number): string | undefined {
  const fields = readStat(pid);
  return fields === undefined || /[ZX]/.test(fields[0] ?? '') ? undefined : fields[START_FIELD];
}

/** Not read in one go with the rest: on a busy machine the kernel takes milliseconds to write these tables. */
export async function listListeningSockets(): Promise<ListeningSocket[]> {
  // Not from node:fs/promises, which each start would load.
  const tables = await Promise.all(['tcp', 'tcp6'].map((family) => promises.readFile(`/proc/net/${family}`, 'utf8').catch(() => '')));
  return tables.flatMap(parseSocketTable);
}

/** The table of /proc/net/tcp or tcp6: a heading, then a line each. */
export function parseSocketTable(table: string): ListeningSocket[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === LISTEN)
    .map(([, local = '', , , , , , userId, , inode = '']) => {
      const [address = '', port = ''] = local.split(':');
      return { address: decodeAddress(address), port: Number.parseInt(port, 16), userId: Number(userId), inode };
    });
}

/** Inodes of the sockets that a process has open; of other users' processes only root sees any. */
export function listSocketInodes(pid: number): string[] {
  return list(`/proc/${pid}/fd`)
    .map((fd) => /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1])
    .filter((inode) => inode !== undefined);
}

export function listForeignFormats(): ForeignFormat[] {
  return list(FOREIGN_FORMATS)
    .map((name) => parseForeignFormat(readText(`${FOREIGN_FORMATS}/${name}`) ?? ''))
    .filter((format) => format !== undefined);
}

export function parseForeignFormat(text: string): ForeignFormat | undefined {
  const magic = Buffer.from(/^magic ([\da-f]+)$/m.exec(text)?.[1] ?? '', 'hex');
  if (!text.startsWith('enabled') || magic.length === 0) return undefined;
  const mask = /^mask ([\da-f]+)$/m.exec(text)?.[1] ?? 'ff'.repeat(magic.length);
  return { offset: Number(/^offset (\d+)$/m.exec(text)?.[1] ?? 0), magic, mask: Buffer.from(mask, 'hex') };
}

// "12 (a name) S 1 12 …": the name may hold blanks and parentheses itself.
function readStat(pid: number): string[] | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProcess(pid: number): ProcessFacts | undefined {
  const fields = readStat(pid);
  if (fields === undefined) return undefined;
  const [state = '', parentPid, groupId] = fields;
  return { pid, parentPid: Number(parentPid), groupId: Number(groupId), state };
}

// Words of 32 bits in the order of the processor; all that Node runs on is little-endian but s390x.
function decodeAddress(hex: string): string {
  const bytes = Buffer.from(hex, 'hex').swap32();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':');
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
