import { describe, expect, test } from 'vitest';
import { readStatus, statusJson } from './status-text.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';

const utc = timeZoneNamed('UTC') as TimeZone;
const berlin = timeZoneNamed('Europe/Berlin') as TimeZone;
const status = {
  last: new Date('2026-11-22T11:01:03.221Z'),
  next: new Date('2026-11-22T11:02:00Z'),
  lastUpdated: new Date('2026-11-22T11:01:03.221Z'),
};
const unset = { last: undefined, next: undefined, lastUpdated: undefined };

describe('statusJson', () => {
  test("has the members, their order and the times of Azure's host", () => {
    expect(JSON.stringify(statusJson(status, utc))).toBe(
      '{"Last":"2026-11-22T11:01:03.221+00:00","Next":"2026-11-22T11:02:00+00:00","LastUpdated":"2026-11-22T11:01:03.221+00:00"}',
    );
  });

  test('is in local time', () => {
    expect(statusJson(status, berlin)).toMatchObject({ Next: '2026-11-22T12:02:00+01:00' });
  });

  test.each([
    [utc, '0001-01-01T00:00:00+00:00', '9999-12-31T23:59:59+00:00'],
    [berlin, '0001-01-01T00:00:00', '9999-12-31T23:59:59+01:00'],
  ])('has words for what is unset and for never', (zone, first, last) => {
    expect(statusJson(unset, zone)).toEqual({ Last: first, Next: last, LastUpdated: first });
  });
});

describe('readStatus', () => {
  test.each([
    ['UTC', utc],
    ['Berlin', berlin],
  ])('is the inverse of statusJson in %s', (_name, zone) => {
    for (const one of [status, unset]) expect(readStatus(JSON.stringify(statusJson(one, zone)), zone)).toEqual({ status: one });
  });

  test('takes what was written in another time zone', () => {
    for (const one of [status, unset]) expect(readStatus(JSON.stringify(statusJson(one, berlin)), utc)).toEqual({ status: one });
    expect(readStatus(JSON.stringify(statusJson(unset, utc)), timeZoneNamed('Asia/Tokyo') as TimeZone)).toEqual({ status: unset });
  });

  test.each(['', 'null'])('finds no status in "%s"', (text) => expect(readStatus(text, utc)).toEqual({ status: undefined }));

  test('takes members that are missing for unset', () => {
    expect(readStatus('{"Last":"2026-11-22T11:02:00+00:00"}', utc)).toEqual({
      status: { ...unset, last: new Date('2026-11-22T11:02:00Z') },
    });
  });

  test.each([
    ['no json', /^it is no JSON: /],
    ['[]', /^it is an array$/],
    ['{"Last":"yesterday"}', /^its Last is no time$/],
    ['{"Next":5}', /^its Next is no time$/],
  ])('cannot read %s, and says why', (text, fault) => {
    expect(readStatus(text, utc)).toEqual({ fault: expect.stringMatching(fault) });
  });
});
