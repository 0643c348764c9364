import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { type CorsRules, judgeOrigin } from './cors.ts';

const ask = (headers: Record<string, string>, method = 'GET'): IncomingMessage => ({ method, headers }) as unknown as IncomingMessage;
const one: CorsRules = { origins: ['http://localhost:3000'], credentials: false };

test('leaves requests without an origin alone', () => {
  expect(judgeOrigin(ask({}), one)).toEqual({ kind: 'none' });
});

test('names an origin that is not allowed', () => {
  expect(judgeOrigin(ask({ origin: 'http://evil.example' }), one)).toEqual({ kind: 'refused', origin: 'http://evil.example' });
});

test('says an allowed origin back, and that the answer depends on it', () => {
  expect(judgeOrigin(ask({ origin: 'http://localhost:3000' }), one)).toEqual({
    kind: 'allowed',
    headers: [
      ['Access-Control-Allow-Origin', 'http://localhost:3000'],
      ['Vary', 'Origin'],
    ],
  });
});

test('gives credentials to pages that are named, and to no others', () => {
  const rules = { origins: ['*', 'http://named.example'], credentials: true };
  expect(judgeOrigin(ask({ origin: 'http://named.example' }), rules)).toMatchObject({
    headers: [
      ['Access-Control-Allow-Origin', 'http://named.example'],
      ['Access-Control-Allow-Credentials', 'true'],
      ['Vary', 'Origin'],
    ],
  });
  expect(judgeOrigin(ask({ origin: 'http://other.example' }), rules)).toEqual({
    kind: 'allowed',
    headers: [
      ['Access-Control-Allow-Origin', '*'],
      ['Vary', 'Origin'],
    ],
  });
});

test('answers a preflight with what it asks for', () => {
  const preflight = ask(
    { origin: 'http://a.example', 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a, x-b' },
    'OPTIONS',
  );
  expect(judgeOrigin(preflight, { origins: ['*'], credentials: false })).toEqual({
    kind: 'preflight',
    headers: [
      ['Access-Control-Allow-Origin', '*'],
      ['Access-Control-Allow-Methods', 'PUT'],
      ['Access-Control-Allow-Headers', 'x-a, x-b'],
    ],
  });
});

test('takes an OPTIONS request without the question of a preflight for an ordinary one', () => {
  expect(judgeOrigin(ask({ origin: 'http://a.example' }, 'OPTIONS'), { origins: ['*'], credentials: false }).kind).toBe('allowed');
});
