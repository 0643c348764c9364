import { describe, expect, test } from 'vitest';
import { readReplyLogs } from './reply-logs.ts';

describe('readReplyLogs', () => {
  test('takes text and numbers at information level, line breaks and empty lines kept', () => {
    const { lines, remarks } = readReplyLogs(['one', 'two\nlines', '', 1, null])!;
    expect(lines.map(({ message }) => message)).toEqual(['one', 'two\nlines', '', '1']);
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['information']));
    expect(remarks).toEqual([]);
  });

  test.each([
    [
      { level: 'warn', message: 'm' },
      { level: 'warning', message: 'm' },
    ],
    [
      { level: 50, message: 'm' },
      { level: 'error', message: 'm' },
    ],
    [
      { message: 'm', user: 'u', n: 1, o: { a: [] }, gone: null },
      { level: 'information', message: 'm', fields: { user: 'u', n: 1, o: '{"a":[]}', gone: '' } },
    ],
    [{ a: 1 }, { level: 'information', message: '{"a":1}' }],
    [[1, 2], { level: 'information', message: '[1,2]' }],
  ])('reads %j with its level, message and fields', (entry, line) => {
    const { lines, remarks } = readReplyLogs([entry])!;
    expect(lines).toEqual([line]);
    expect(remarks).toMatchObject([{ code: 'LOGS_STRUCTURED', message: expect.stringMatching(/^on Azure: /) }]);
  });

  test('accepts null and nothing else than an array', () => {
    expect(readReplyLogs(null)).toEqual({ lines: [], remarks: [] });
    expect(readReplyLogs('one')).toBeUndefined();
    expect(readReplyLogs({ 0: 'one' })).toBeUndefined();
  });
});
