import { expect, test } from 'vitest';
import { maskKeys, removeKeys } from './mask-keys.ts';

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
  ['/api/code=open', '/api/code=open', '/api/code=open'],
])('%s is logged as %s', (target, masked, without) => {
  expect(maskKeys(target)).toBe(masked);
  expect(removeKeys(target)).toBe(without);
});
