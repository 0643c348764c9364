import { expect, test } from 'vitest';
import type { Principal } from '../core/authorization.ts';
import { identityOf } from './identity.ts';

const key: Principal = { level: 'function', keyName: 'für alle/x' };
const user = { name: 'Jörg <j@example.org>\r\nX-Evil: 1', roles: [] };

test('nobody has no headers', () => {
  expect(identityOf(undefined, undefined)).toMatchObject({ headers: [] });
});

test('a key is one header that no name can break', () => {
  expect(identityOf(key, undefined).headers).toEqual([['X-Functions-KeyId', 'function/f%C3%BCr%20alle%2Fx']]);
});

test('a user is the four headers of App Service, whatever the name holds', () => {
  const headers = Object.fromEntries(identityOf(undefined, user).headers);
  expect(Object.keys(headers)).toEqual([
    'X-MS-CLIENT-PRINCIPAL',
    'X-MS-CLIENT-PRINCIPAL-ID',
    'X-MS-CLIENT-PRINCIPAL-NAME',
    'X-MS-CLIENT-PRINCIPAL-IDP',
  ]);
  expect(headers['X-MS-CLIENT-PRINCIPAL-NAME']).toMatch(/^[!-~]+@example\.org[!-~]+$/);
  expect(Buffer.from(headers['X-MS-CLIENT-PRINCIPAL'] ?? '', 'base64').toString()).toContain('"val":"Jörg');
});

test('a key with and without a user are two identities, each the same one again', () => {
  const alone = identityOf(key, undefined);
  expect(identityOf(key, undefined)).toBe(alone);
  expect(identityOf(key, user).headers).toHaveLength(5);
  expect(identityOf(key, undefined).headers).toHaveLength(1);
});

test('half a character in a name is no fault', () => {
  expect(identityOf({ level: 'system', keyName: '\ud800' }, undefined).headers).toEqual([['X-Functions-KeyId', 'system/%EF%BF%BD']]);
});
