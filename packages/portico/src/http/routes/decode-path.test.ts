import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePath } from './decode-path.ts';

describe('decodePath', () => {
  test.each([
    ['/a%20b+c', '/a b+c'],
    ['/%E4%B8%96', '/世'],
    ['/%F0%9F%98%80', '/😀'],
    ['/a%2Fb%2fc', '/a%2Fb%2fc'],
    ['/a%252Fb', '/a%2Fb'],
    ['/%7Bx%7D%5C', '/{x}\\'],
  ])('%s is %s', (path, decoded) => {
    expect(decodePath(path)).toBe(decoded);
  });

  test.each([
    ['a lone percent sign', '/100%', '/100%'],
    ['half an escape', '/a%4', '/a%4'],
    ['no hexadecimal digits', '/%zz%20', '/%zz '],
    ['a byte that begins nothing', '/%FF%41', '/%FFA'],
    ['a character cut short', '/%E4%B8/%C3%28', '/%E4%B8/%C3('],
    ['a slash in two bytes', '/%C0%AF', '/%C0%AF'],
    ['half a surrogate pair', '/%ED%A0%80', '/%ED%A0%80'],
  ])('%s stays as it was sent', (_, path, decoded) => {
    expect(decodePath(path)).toBe(decoded);
  });

  test('gives back every text that was encoded, its slashes apart', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '%', '2', 'F', 'é', '世', '😀', '\u0000', '\uffff', '?', ' ') });
    fc.assert(fc.property(text, (value) => decodePath(encodeURIComponent(value)) === value));
  });

  test('never adds a slash', () => {
    const unit = fc.constantFrom('%', '2', 'F', 'f', 'c', '0', 'A', '/', 'é');
    fc.assert(fc.property(fc.string({ unit }), (path) => decodePath(path).split('/').length === path.split('/').length));
  });
});
