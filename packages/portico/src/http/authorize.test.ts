import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { isAllowed, type Principal } from '../core/authorization.ts';
import { stateClosed } from '../core/errors/state.ts';
import type { AuthLevel } from '../core/function-app.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { authorize, authorizeAll } from './authorize.ts';

const PRINCIPALS: Record<string, Principal> = {
  none: undefined as never,
  function: { level: 'function', keyName: 'default' },
  system: { level: 'system', keyName: 'blobs_extension' },
  admin: { level: 'admin', keyName: 'master' },
};

describe('what a key of a level opens', () => {
  const table: readonly [required: AuthLevel, none: boolean, ofFunction: boolean, ofSystem: boolean, ofAdmin: boolean][] = [
    ['anonymous', true, true, true, true],
    ['function', false, true, false, true],
    ['system', false, false, true, true],
    ['admin', false, false, false, true],
    ['user', false, false, false, true],
  ];
  const rows = table.flatMap(([required, ...opens]) =>
    Object.entries(PRINCIPALS).map(([level, principal], i) => [level, required, opens[i], principal] as const),
  );
  test.each(rows)('a key of level %s, a function of level %s: %s', (_, required, opens, principal) => {
    expect(isAllowed(required, principal)).toBe(opens);
  });
});

const KEY = 'right';
const asked: string[] = [];
const authenticate = async (value: string, functionName: string | undefined) => {
  asked.push(`${functionName}: ${value}`);
  return value === KEY ? PRINCIPALS.function : undefined;
};
const ring = { authenticate, recognise: authenticate } as Partial<KeyRing> as KeyRing;
/** Nobody can say anything. */
const away = { authenticate: () => Promise.reject(stateClosed()), recognise: async () => undefined } as Partial<KeyRing> as KeyRing;

function request(...rawHeaders: string[]): IncomingMessage {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) headers[(rawHeaders[i] ?? '').toLowerCase()] ??= rawHeaders[i + 1] ?? '';
  return { rawHeaders, headers } as Partial<IncomingMessage> as IncomingMessage;
}

const guarded = { name: 'Guarded', authLevel: 'function' } as const;
const open = { name: 'Open', authLevel: 'anonymous' } as const;

describe('a request', () => {
  test.each([
    ['without a key', request(), '', 'refused'],
    ['with a key in the header', request('X-Functions-Key', KEY), '', 'allowed'],
    ['with a key in the query', request(), `?x=1&code=${KEY}`, 'allowed'],
    ['with a key in the query, in another letter case and percent-encoded', request(), '?%43OdE=%72ight', 'allowed'],
    ['with a wrong header, which a right query does not mend', request('x-functions-key', 'wrong'), `?code=${KEY}`, 'refused'],
    ['with an empty header, which a right query does not mend', request('x-functions-key', ''), `?code=${KEY}`, 'refused'],
    ['with a right header beside a wrong query', request('x-functions-key', KEY), '?code=wrong', 'allowed'],
    ['with two headers, of which the first is right', request('x-functions-key', KEY, 'X-FUNCTIONS-KEY', 'wrong'), '', 'allowed'],
    ['with two headers, of which the first is wrong', request('x-functions-key', 'wrong', 'x-functions-key', KEY), '', 'refused'],
    ['with two parameters, of which the first is right', request(), `?code=${KEY}&code=wrong`, 'allowed'],
    ['with two parameters, of which the first is wrong', request(), `?code=wrong&CODE=${KEY}`, 'refused'],
    ['with a key under a name that is none', request('x_functions_key', KEY), `?key=${KEY}`, 'refused'],
  ])('%s', async (_, sent, query, kind) => {
    expect(await authorize(sent, { query }, guarded, ring)).toMatchObject({ kind });
  });

  test('is for the function that the route leads to, and tells whose key it was', async () => {
    asked.length = 0;
    expect(await authorize(request('x-functions-key', KEY), { query: '' }, guarded, ring)).toEqual({
      kind: 'allowed',
      principal: PRINCIPALS.function,
    });
    expect(asked).toEqual([`Guarded: ${KEY}`]);
  });

  test('to an open function is looked up only if it has a key, and is let in with a wrong one too', async () => {
    asked.length = 0;
    expect(authorize(request(), { query: '?x=1' }, open, ring)).toEqual({ kind: 'allowed', principal: undefined });
    expect(asked).toEqual([]);
    expect(await authorize(request('x-functions-key', 'wrong'), { query: '' }, open, ring)).toEqual({
      kind: 'allowed',
      principal: undefined,
    });
  });

  test('is not let in while nobody can say whose key it has, unless the function is open', async () => {
    const sent = request('x-functions-key', KEY);
    expect(await authorize(sent, { query: '' }, guarded, away)).toMatchObject({ kind: 'unknown', error: { code: 'STATE_CLOSED' } });
    expect(await authorize(sent, { query: '' }, open, away)).toMatchObject({ kind: 'allowed' });
    expect(authorize(request(), { query: '' }, guarded, away)).toMatchObject({ kind: 'refused' });
  });

  test('to a path that handlers may take for that of others is let in where its key opens them all, as who it is to the first', async () => {
    const openedByOwn = async (_: string, name: string | undefined) => (name === 'Guarded' ? PRINCIPALS.function : undefined);
    const own = { authenticate: openedByOwn, recognise: openedByOwn } as Partial<KeyRing> as KeyRing;
    const sent = request('x-functions-key', KEY);
    const judge = (...fns: Parameters<typeof authorizeAll>[2]) => authorizeAll(sent, { query: '' }, fns, own);
    expect(await judge(guarded, open)).toEqual({ kind: 'allowed', principal: PRINCIPALS.function });
    expect(await judge(open, guarded)).toEqual({ kind: 'allowed', principal: undefined });
    expect(await judge(open, guarded, { name: 'Other', authLevel: 'function' })).toEqual({
      kind: 'refused',
      hasKey: true,
      mistakenFor: 'Other',
    });
    expect(await judge({ name: 'Other', authLevel: 'function' }, guarded)).toEqual({ kind: 'refused', hasKey: true });
    expect(await authorizeAll(sent, { query: '' }, [open, guarded], away)).toMatchObject({ kind: 'unknown' });
  });

  test('reads a key that is no ASCII as what it was sent as', async () => {
    asked.length = 0;
    await authorize(request('x-functions-key', Buffer.from('schlüssel').toString('latin1')), { query: '' }, guarded, ring);
    await authorize(request(), { query: '?code=schl%C3%BCssel' }, guarded, ring);
    expect(asked).toEqual(['Guarded: schlüssel', 'Guarded: schlüssel']);
  });
});
