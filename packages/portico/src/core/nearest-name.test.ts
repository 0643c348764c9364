import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

test.each([
  ['rotuePrefix', 'routePrefix'],
  ['ROUTEPREFIX', 'routePrefix'],
  ['method', 'methods'],
  ['defaultExecutable', 'defaultExecutablePath'],
  ['httpTriger', 'httpTrigger'],
])('%s was meant to be %s', (written, meant) => {
  expect(nearestName(written, ['route', 'methods', 'routePrefix', 'defaultExecutablePath', 'httpTrigger'])).toBe(meant);
});

test.each(['', 'x', 'somethingElse', 'meth'])('%s suggests nothing among names that are far from it', (written) => {
  expect(nearestName(written, ['route', 'port', 'cors'])).toBeUndefined();
});

test('prefers the name with fewer wrong letters', () => {
  expect(nearestName('routPrefix', ['rootsPrefix', 'routePrefix'])).toBe('routePrefix');
});

test('prefers a slip to an abbreviation', () => {
  expect(nearestName('CORSCredential', ['CORS', 'CORSCredentials'])).toBe('CORSCredentials');
});

test('counts neighbours that are swapped as one slip', () => {
  expect(nearestName('teh', ['the'])).toBe('the');
});

test('finds every name itself, in any case', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  fc.assert(fc.property(names, (known) => known.every((name) => nearestName(name.toUpperCase(), known) === name)));
});
