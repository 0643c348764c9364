import { describe, expect, test } from 'vitest';
import { parseForeignFormat, parseSocketTable } from './linux.ts';

const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

describe('socket table', () => {
  test('lists listening sockets with their addresses, and no others', () => {
    const table = `${HEADING}   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0 100 0 0 10 0
`;
    expect(parseSocketTable(table)).toEqual([
      { address: '127.0.0.1', port: 8080, userId: 0, inode: '4711' },
      { address: '0.0.0.0', port: 80, userId: 1000, inode: '4713' },
    ]);
  });

  test.each([
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000001000000', '::1'],
    ['B80D0120000000000000000007000000', '2001:db8::7'],
    ['0000000000000000FFFF00000100007F', '::ffff:7f00:1'],
  ])('reads the IPv6 address %s as %s', (hex, address) => {
    expect(parseSocketTable(`${HEADING}   0: ${hex}:1F90 ${'0'.repeat(32)}:0000 0A 0 0 0 0 0 4711\n`)[0]?.address).toBe(address);
  });
});

describe('foreign formats', () => {
  test('reads what an emulator registered', () => {
    const text = 'enabled\ninterpreter /usr/bin/qemu-aarch64-static\nflags: F\noffset 0\nmagic 7f454c46\nmask ffffff00\n';
    expect(parseForeignFormat(text)).toEqual({ offset: 0, magic: Buffer.from('7f454c46', 'hex'), mask: Buffer.from('ffffff00', 'hex') });
  });

  test.each([
    ['one that is switched off', 'disabled\ninterpreter /x\nflags: \noffset 0\nmagic 4d5a\n'],
    ['one that goes by the end of the name', 'enabled\ninterpreter /x\nflags: \nextension .jar\n'],
    ['the file "register"', ''],
  ])('leaves out %s', (_, text) => {
    expect(parseForeignFormat(text)).toBeUndefined();
  });
});
