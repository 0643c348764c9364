import { expect, test } from 'vitest';
import { hostId } from './host-id.ts';

test.each([
  ['vm', '/home/site/wwwroot', 'vm-2137340777'],
  ['My_Machine.local', '/home/site/wwwroot', 'mymachinelocal-2137340777'],
])('names the app of %s at %s', (machine, root, expected) => {
  expect(hostId(machine, root)).toBe(expected);
});

test('is cut to 32 characters and never ends with a dash', () => {
  expect(hostId('m'.repeat(31), '/x')).toBe('m'.repeat(31));
});
