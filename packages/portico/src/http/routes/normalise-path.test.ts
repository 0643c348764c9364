import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveDotSegments } from './normalise-path.ts';

describe('resolveDotSegments', () => {
  test.each([
    ['/api/x/../Hello', '/api/Hello'],
    ['/api/./Hello', '/api/Hello'],
    ['/api/%2e%2e/api/Hello', '/api/Hello'],
    ['/a/%2E./b', '/b'],
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['/a/..', '/'],
    ['/a/b/..', '/a/'],
    ['/a/.', '/a/'],
    ['/..', '/'],
    ['/.', '/'],
    ['/a//../b', '/a/b'],
    ['/a/..//b', '//b'],
    ['/a%2F../x/../b%20c', '/a%2F../b%20c'],
  ])('%s becomes %s', (path, resolved) => {
    expect(resolveDotSegments(path)).toBe(resolved);
  });

  test.each(['', '*', '/', '/api/httptrigger', '/.well-known/x', '/a/...', '/a/..b/c..', '/a%2e', '/%252e/x', '//a//b/'])(
    '%j stays as it is',
    (path) => {
      expect(resolveDotSegments(path)).toBe(path);
    },
  );

  test('leaves no dot segment, and nothing to do the second time', () => {
    const segment = fc.constantFrom('', '.', '..', '%2e', '%2E.', 'a', 'b.c', '...', '%2e%2e%2e');
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const resolved = resolveDotSegments(`/${segments.join('/')}`);
        expect(resolved).toMatch(/^\//);
        expect(resolved.split('/').map((part) => part.replaceAll(/%2e/gi, '.'))).not.toEqual(expect.arrayContaining(['..']));
        expect(resolveDotSegments(resolved)).toBe(resolved);
      }),
    );
  });
});
