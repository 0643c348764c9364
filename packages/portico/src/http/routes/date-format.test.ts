import { describe, expect, test } from 'vitest';
import { isDateTime } from './date-format.ts';

describe('a date or time', () => {
  test('is what .NET reads in the invariant culture', () => {
    const good = [
      '2024-01-02',
      '2024/1/2',
      '2024.01.02',
      '01-02-2024',
      '1/31/24',
      '02-29-2024',
      '2-29',
      '1.5',
      '2024-01',
      '1 1999',
      'Jan 2 2024',
      'January 2, 2024',
      '2 jan 2024',
      '2024 Jan 2',
      'Jan 2024',
      'Feb 29',
      '12:30',
      '23:59:59.1234567',
      '5 PM',
      '2024-01-02T03:04:05',
      '2024-01-02T03:04:05.678Z',
      '2024-01-02 03:04 +01:00',
      '1/2/2024 12:30 am',
      'Tue, 02 Jan 2024 03:04:05 GMT',
      'Tuesday, January 2, 2024',
      'Jan 2,  12:30',
    ];
    const bad = [
      '5',
      '5.0',
      '.5',
      '123',
      '1,000',
      '1e3',
      '2024',
      'abc',
      'Jan',
      '13/31/2024',
      '31-01-2024',
      '02-29-2023',
      '0000-01-01',
      '24:00',
      '12:60',
      '13 PM',
      '1/2/3/4',
      'Mon, 02 Jan 2024',
      'Tuesday',
      `2024-01-02${' '.repeat(60)}12:30`,
      `12:30${' '.repeat(9000)}x`,
      '0f8fad5b-d9cb-469f-a165-70867728950e',
    ];
    expect([...good, ...bad].filter(isDateTime)).toEqual(good);
  });
});
