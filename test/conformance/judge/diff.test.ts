import { describe, expect, test } from 'vitest';
import { diffRecordings } from './diff.ts';

const headers = (...rawHeaders: [string, string][]) => ({ callerGot: [{ rawHeaders }] });

describe('diffRecordings', () => {
  test('names the path and both values of each difference', () => {
    expect(diffRecordings({ a: { list: [1, { b: 2 }] } }, { a: { list: [1, { b: 3 }, 4] } })).toEqual([
      { path: 'a.list[1].b', kind: 'differs', original: 2, ours: 3 },
      { path: 'a.list[2]', kind: 'only right', original: undefined, ours: 4 },
    ]);
  });

  test('tells null from absent', () => {
    expect(diffRecordings({ a: null }, {})).toEqual([{ path: 'a', kind: 'only left', original: null, ours: undefined }]);
  });

  test('compares headers by name, whatever their order', () => {
    expect(diffRecordings(headers(['A', '1'], ['B', '2']), headers(['B', '2'], ['A', '1']))).toEqual([]);
  });

  test('keeps repeated headers in their order', () => {
    expect(diffRecordings(headers(['A', '1'], ['A', '2']), headers(['A', '2'], ['A', '1']))).toEqual([
      { path: 'callerGot[0].rawHeaders.a', kind: 'differs', original: '1 | 2', ours: '2 | 1' },
    ]);
  });

  test('finds a header that is spelled otherwise, missing or more', () => {
    expect(diffRecordings(headers(['Date', 'x'], ['Gone', '1']), headers(['date', 'x'], ['More', '2']))).toEqual([
      { path: 'callerGot[0].rawHeaders.date', kind: 'spelling', original: 'Date', ours: 'date' },
      { path: 'callerGot[0].rawHeaders.gone', kind: 'only left', original: '1', ours: undefined },
      { path: 'callerGot[0].rawHeaders.more', kind: 'only right', original: undefined, ours: '2' },
    ]);
  });

  test('leaves out what describes a case', () => {
    expect(diffRecordings({ about: 'one', tags: [], hostVersion: '4' }, { about: 'two', tags: ['x'], hostVersion: '5' })).toEqual([]);
  });
});
