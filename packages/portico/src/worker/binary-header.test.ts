import { describe, expect, test } from 'vitest';
import { readProgramHeader } from './binary-header.ts';

function elf({ machine, bits = 64, big = false, loader }: { machine: number; bits?: 32 | 64; big?: boolean; loader?: string }): Buffer {
  const bytes = Buffer.alloc(512);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  bytes.write('\x7fELF', 'latin1');
  bytes[4] = bits / 32;
  bytes[5] = big ? 2 : 1;
  view.setUint16(18, machine, !big);
  if (loader === undefined) return bytes;
  const wide = bits === 64;
  const word = (at: number, value: number) => (wide ? view.setBigUint64(at, BigInt(value), !big) : view.setUint32(at, value, !big));
  const entryBytes = wide ? 56 : 32;
  word(wide ? 32 : 28, 128);
  view.setUint16(wide ? 54 : 42, entryBytes, !big);
  view.setUint16(wide ? 56 : 44, 2, !big);
  view.setUint32(128, 6, !big);
  view.setUint32(128 + entryBytes, 3, !big);
  word(128 + entryBytes + (wide ? 8 : 4), 400);
  word(128 + entryBytes + (wide ? 32 : 16), loader.length + 1);
  bytes.write(loader, 400);
  return bytes;
}

function pe(machine: number): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.write('MZ');
  bytes.writeUInt32LE(128, 0x3c);
  bytes.write('PE\0\0', 128, 'latin1');
  bytes.writeUInt16LE(machine, 132);
  return bytes;
}

function words(...values: number[]): Buffer {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value);
  return Buffer.from(view.buffer);
}

describe('program header', () => {
  test.each([
    ['ELF for x64', elf({ machine: 62 }), 'linux', ['x64']],
    ['ELF for arm64', elf({ machine: 183 }), 'linux', ['arm64']],
    ['ELF for arm', elf({ machine: 40, bits: 32 }), 'linux', ['arm']],
    ['ELF for s390x, high bytes first', elf({ machine: 22, big: true }), 'linux', ['s390x']],
    ['ELF for an unknown processor', elf({ machine: 999 }), 'linux', []],
    ['PE for x64', pe(0x8664), 'win32', ['x64']],
    ['PE for arm64', pe(0xaa64), 'win32', ['arm64']],
    ['a program for DOS', Buffer.from('MZ and no more'), 'win32', []],
    ['Mach-O for arm64', words(0xcffaedfe, 0x0c000001), 'darwin', ['arm64']],
    ['Mach-O for two processors', words(0xcafebabe, 2, 0x1000007, 0, 0, 0, 0, 0x100000c, 0, 0, 0, 0), 'darwin', ['x64', 'arm64']],
  ])('recognises %s', (_, bytes, platform, archs) => {
    expect(readProgramHeader(bytes)).toMatchObject({ kind: 'program', platform, archs });
  });

  test.each([[{ machine: 62 }], [{ machine: 40, bits: 32 as const }], [{ machine: 22, big: true }]])(
    'finds the loader of an ELF program: %j',
    (facts) => {
      expect(readProgramHeader(elf({ ...facts, loader: '/lib/ld-musl.so.1' }))).toMatchObject({ loader: '/lib/ld-musl.so.1' });
    },
  );

  test('finds no loader where there is none, or where it lies beyond what was read', () => {
    expect(readProgramHeader(elf({ machine: 62 }))).toMatchObject({ loader: undefined });
    expect(readProgramHeader(elf({ machine: 62, loader: '/lib/ld.so' }).subarray(0, 402))).toMatchObject({ loader: undefined });
  });

  test.each([
    ['#!/bin/sh\nexit', '/bin/sh'],
    ['#! /usr/bin/env node \n', '/usr/bin/env node '],
    ['#!/bin/sh\r\n', '/bin/sh\r'],
    ['#!/bin/sh', '/bin/sh'],
  ])('reads the first line of %j', (text, command) => {
    expect(readProgramHeader(Buffer.from(text))).toEqual({ kind: 'script', command });
  });

  test.each([
    ['text', Buffer.from('echo hello, world\n')],
    ['nothing', Buffer.alloc(0)],
    ['a class of Java', words(0xcafebabe, 0x00000041)],
    ['the first four bytes of a program', elf({ machine: 62 }).subarray(0, 4)],
  ])('does not take %s for a program', (_, bytes) => {
    expect(readProgramHeader(bytes)).toEqual({ kind: 'unknown' });
  });
});
