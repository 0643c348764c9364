// What the first bytes of a file say it is: a program for which system and processor, or a script for which interpreter.

export type ProgramHeader =
  | {
      readonly kind: 'program';
      /** In Node's words: linux, win32, darwin. */
      readonly platform: string;
      /** In Node's words. Several for a universal program of macOS; none when unknown. */
      readonly archs: readonly string[];
      /** The loader that has to be there before it runs. Undefined: it needs none. */
      readonly loader?: string | undefined;
    }
  | {
      readonly kind: 'script';
      /** Without "#!": the interpreter, then at most one argument, as the kernel reads them. A \r at the end is part of it. */
      readonly command: string;
    }
  | { readonly kind: 'unknown' };

/** Enough for the loader's name: linkers put it into the first page, Go at its very end. */
export const HEADER_BYTES = 8192;

const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
const PE_MACHINES: Readonly<Record<number, string>> = { 332: 'ia32', 452: 'arm', 34404: 'x64', 43620: 'arm64' };
const MACH_MACHINES: Readonly<Record<number, string>> = { 7: 'ia32', 16777223: 'x64', 12: 'arm', 16777228: 'arm64' };

export function readProgramHeader(bytes: Buffer): ProgramHeader {
  if (bytes.length >= 64 && bytes.toString('latin1', 0, 4) === '\x7fELF') return readElf(bytes);
  if (bytes.length >= 2 && bytes.toString('latin1', 0, 2) === 'MZ') return readPe(bytes);
  if (bytes.length >= 2 && bytes.toString('latin1', 0, 2) === '#!') return { kind: 'script', command: readFirstLine(bytes) };
  return bytes.length >= 8 ? readMachO(bytes) : { kind: 'unknown' };
}

function readElf(bytes: Buffer): ProgramHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const wide = bytes[4] === 2;
  const little = bytes[5] === 1;
  const arch = ELF_MACHINES[view.getUint16(18, little)];
  return { kind: 'program', platform: 'linux', archs: arch ? [arch] : [], loader: readLoader(view, wide, little) };
}

/** The text of the PT_INTERP segment. https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html */
function readLoader(view: DataView, wide: boolean, little: boolean): string | undefined {
  const wordAt = (offset: number): number => (wide ? Number(view.getBigUint64(offset, little)) : view.getUint32(offset, little));
  const tableAt = wordAt(wide ? 32 : 28);
  const entryBytes = view.getUint16(wide ? 54 : 42, little);
  const entryCount = view.getUint16(wide ? 56 : 44, little);
  for (let entry = tableAt, left = entryCount; left > 0 && entry + entryBytes <= view.byteLength; entry += entryBytes, left--) {
    if (view.getUint32(entry, little) !== 3) continue;
    const at = wordAt(entry + (wide ? 8 : 4));
    const size = wordAt(entry + (wide ? 32 : 16));
    if (at + size > view.byteLength) return undefined;
    return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, size)).replace(/\0.*$/s, '');
  }
  return undefined;
}

function readPe(bytes: Buffer): ProgramHeader {
  const at = bytes.length >= 64 ? bytes.readUInt32LE(0x3c) : Number.POSITIVE_INFINITY;
  const known = at + 6 <= bytes.length && bytes.toString('latin1', at, at + 4) === 'PE\0\0';
  const arch = known ? PE_MACHINES[bytes.readUInt16LE(at + 4)] : undefined;
  return { kind: 'program', platform: 'win32', archs: arch ? [arch] : [] };
}

function readMachO(bytes: Buffer): ProgramHeader {
  const magic = bytes.readUInt32BE(0);
  const archOf = (machine: number): string[] => [MACH_MACHINES[machine] ?? []].flat();
  if (magic === 0xcffaedfe || magic === 0xcefaedfe) return { kind: 'program', platform: 'darwin', archs: archOf(bytes.readUInt32LE(4)) };
  // A Java class file begins alike; what is its version number there is the number of programs here.
  const count = bytes.readUInt32BE(4);
  if (magic !== 0xcafebabe || count > 20) return { kind: 'unknown' };
  const archs = Array.from({ length: count }, (_, index) => 8 + index * 20).filter((at) => at + 4 <= bytes.length);
  return { kind: 'program', platform: 'darwin', archs: archs.flatMap((at) => archOf(bytes.readUInt32BE(at))) };
}

function readFirstLine(bytes: Buffer): string {
  const end = bytes.indexOf('\n');
  return bytes.toString('utf8', 2, end < 0 ? bytes.length : end).replace(/^[ \t]+/, '');
}
