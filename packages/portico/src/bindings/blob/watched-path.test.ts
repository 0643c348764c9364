import { describe, expect, test } from 'vitest';
import { parseWatchedPath, type WatchedPath } from './watched-path.ts';

const pathOf = (text: string) => parseWatchedPath(text) as WatchedPath;
const captured = (path: string, blob: string) => {
  const captures = pathOf(path).match(blob);
  return captures && Object.fromEntries(captures);
};

describe('parseWatchedPath', () => {
  test.each([
    ['in', 'any/name.txt', {}],
    ['in/{name}', 'dir/a.txt', { name: 'dir/a.txt' }],
    ['in/{name}.{ext}', 'first.note.txt', { name: 'first.note', ext: 'txt' }],
    ['in/{dir}/{name}', 'a/b/c', { dir: 'a/b', name: 'c' }],
    ['in/original-{name}', 'original-x', { name: 'x' }],
    ['in/original-{name}', 'Original-x', undefined],
    ['in/{{x}}{name}', '{x}y', { name: 'y' }],
    ['in/fixed.txt', 'fixed.txt', {}],
    ['in/fixed.txt', 'other.txt', undefined],
  ])('%s takes from %s what it should', (path, blob, captures) => {
    const text = path.replace(/^in/, 'input');
    expect(captured(text, blob)).toEqual(captures);
  });

  test.each([
    ['input', ''],
    ['input/{name}', ''],
    ['input/incoming/{name}', 'incoming/'],
    ['input/{{a}}/{name}', '{a}/'],
    ['input/fixed.txt', 'fixed.txt'],
  ])('%s: matching names begin with %j', (path, prefix) => {
    expect(pathOf(path).prefix).toBe(prefix);
  });

  test.each([
    ['', "Invalid blob trigger path ''. Paths must be in the format 'container/blob'."],
    ['input/', "Invalid blob trigger path 'input/'. Paths must be in the format 'container/blob'."],
    ['/name', "Invalid blob trigger path '/name'. Paths must be in the format 'container/blob'."],
    ['{container}/x', "Invalid blob trigger path '{container}/x'. Container paths cannot contain {resolve} tokens."],
    ['IN/{name}', 'Invalid container name: IN'],
    [
      'input/fixed.',
      "The given blob name 'fixed.' has an invalid suffix. Avoid blob names that end with a dot ('.'), a forward slash ('/'), or a sequence or combination of the two.",
    ],
  ])('refuses %j as Azure does', (path, azure) => {
    expect(parseWatchedPath(path)).toMatchObject({ fault: { azure } });
  });
});
