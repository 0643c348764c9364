import { expect, test } from 'vitest';
import { formatGuid } from './guid-format.ts';

test.each([
  ['', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['D', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  ['n', '0f8fad5bd9cb469fa16570867728950e'],
  ['B', '{0f8fad5b-d9cb-469f-a165-70867728950e}'],
  ['p', '(0f8fad5b-d9cb-469f-a165-70867728950e)'],
  ['X', '{0x0f8fad5b,0xd9cb,0x469f,{0xa1,0x65,0x70,0x86,0x77,0x28,0x95,0x0e}}'],
  ['Q', undefined],
  ['DD', undefined],
])('a GUID in the format "%s" is %s', (format, text) => {
  expect(formatGuid('0f8fad5b-d9cb-469f-a165-70867728950e', format)).toBe(text);
});
