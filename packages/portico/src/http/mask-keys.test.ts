import { expect, test } from 'vitest';
import { generateKey } from '../keys/generate-key.ts';
import { maskKeys, removeKeys } from './mask-keys.ts';

const KEY = generateKey('function');

test.each([
  ['/api/a', '/api/a', '/api/a'],
  ['/api/a?code=secret', '/api/a?code=…', '/api/a'],
  ['/api/a?x=1&code=secret&y=2', '/api/a?x=1&code=…&y=2', '/api/a?x=1&y=2'],
  ['/api/a?CODE=secret', '/api/a?CODE=…', '/api/a'],
  ['/api/a?c%6fde=secret&%43ode=s2', '/api/a?c%6fde=…&%43ode=…', '/api/a'],
  ['http://host/api/a?code=secret#code=s2', 'http://host/api/a?code=…', 'http://host/api/a'],
  ['/api/a?x?code=secret', '/api/a?x?code=…', '/api/a'],
  ['/api/a?x=1?code=secret&y=2', '/api/a?x=1?code=…&y=2', '/api/a?y=2'],
  ['/api/a?code=se?cret', '/api/a?code=…', '/api/a'],
  ['/api/a?code=se=cret', '/api/a?code=…', '/api/a'],
  ['/api/a?decode=1&code2=2&code', '/api/a?decode=1&code2=2&code', '/api/a?decode=1&code2=2&code'],
  ['/api/a?', '/api/a?', '/api/a?'],
  [`/api/a?key=${KEY}&x=1`, '/api/a?key=…&x=1', `/api/a?key=${KEY}&x=1`],
  [`/api/a%3Fcode=${KEY}`, '/api/a%3Fcode=…', `/api/a%3Fcode=${KEY}`],
  [`/api/${encodeURIComponent(KEY)}/x?y=${KEY.slice(0, -2)}`, '/api/…/x?y=…', `/api/${encodeURIComponent(KEY)}/x?y=${KEY.slice(0, -2)}`],
  ['/api/AzFu?x=AzFu', '/api/AzFu?x=AzFu', '/api/AzFu?x=AzFu'],
  ['/api/code=open', '/api/code=open', '/api/code=open'],
])('%s is logged as %s', (target, masked, without) => {
  expect(maskKeys(target)).toBe(masked);
  expect(removeKeys(target)).toBe(without);
});
