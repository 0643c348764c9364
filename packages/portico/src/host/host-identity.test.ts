import { expect, test } from 'vitest';
import { hostIdentity } from './host-identity.ts';

const id = (settings: Record<string, string>) => hostIdentity(settings, '/home/me/app');

test('a host is called after its machine and its folder', () => {
  expect(id({})).toEqual({ id: expect.stringMatching(/^[a-z0-9]+-\d+$/), refused: undefined, isChosen: false });
  expect(hostIdentity({}, '/elsewhere').id).not.toBe(id({}).id);
});

test.each([
  ['AzureFunctionsWebHost__hostid', 'orders', 'orders'],
  ['AzureFunctionsWebHost:hostid', 'orders', 'orders'],
  ['AZUREFUNCTIONSWEBHOST__HostId', 'Orders-1', 'orders-1'],
  ['AzureFunctionsWebHost__hostid', `${'a'.repeat(31)}-b`, 'a'.repeat(31)],
])('%s=%s calls it %s', (name, value, expected) => {
  expect(id({ [name]: value })).toEqual({ id: expected, refused: undefined, isChosen: true });
});

test.each(['My_App', '-a', 'a b', 'a--b', 'é'])('%j cannot be its name, and is told of', (value) => {
  expect(id({ AzureFunctionsWebHost__hostid: value })).toEqual({ ...id({}), refused: value });
});

test('an empty setting says nothing', () => {
  expect(id({ AzureFunctionsWebHost__hostid: '' })).toEqual(id({}));
});
