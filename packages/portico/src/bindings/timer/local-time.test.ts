import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactLocalTimeText, localTimeText, readLocalTime } from './local-time.ts';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';

const zoneNamed = (name: string) => timeZoneNamed(name) as TimeZone;
const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe'].map(zoneNamed);

describe('localTimeText', () => {
  test.each([
    ['2026-11-22T11:02:00.000Z', 'UTC', '2026-11-22T11:02:00+00:00'],
    ['2026-11-22T11:02:00.500Z', 'Europe/Berlin', '2026-11-22T12:02:00.5+01:00'],
    ['2026-11-22T11:02:00.007Z', 'America/St_Johns', '2026-11-22T07:32:00.007-03:30'],
    ['2026-11-22T11:20:00.010Z', 'Asia/Kathmandu', '2026-11-22T17:05:00.01+05:45'],
  ])('writes %s in %s as %s', (instant, zone, text) => expect(localTimeText(new Date(instant), zoneNamed(zone))).toBe(text));
});

describe('exactLocalTimeText', () => {
  test.each([
    ['2026-11-22T11:02:00.000Z', 'UTC', '2026-11-22T11:02:00.0000000+00:00'],
    ['2026-11-22T11:02:00.248Z', 'America/St_Johns', '2026-11-22T07:32:00.2480000-03:30'],
  ])('writes %s in %s as %s', (instant, zone, text) => expect(exactLocalTimeText(new Date(instant), zoneNamed(zone))).toBe(text));
});

describe('readLocalTime', () => {
  test.each([
    ['2026-11-22T12:02:00.0069101+01:00', '2026-11-22T11:02:00.006Z'],
    ['2026-11-22T11:02:00Z', '2026-11-22T11:02:00.000Z'],
    ['2026-11-22T12:02:00', '2026-11-22T11:02:00.000Z'],
    ['2026-11-22T12:02:00.25', '2026-11-22T11:02:00.250Z'],
  ])('reads %s as %s', (text, instant) => expect(readLocalTime(text, zoneNamed('Europe/Berlin'))?.toISOString()).toBe(instant));

  test.each(['', 'soon', '2026-11-22', '2026-13-22T12:02:00Z', '22/11/2026 12:02:00', '2026-11-22 12:02:00'])(
    'does not read "%s"',
    (text) => {
      expect(readLocalTime(text, zoneNamed('Europe/Berlin'))).toBeUndefined();
    },
  );

  test('is the inverse of localTimeText', () => {
    const instants = fc.date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, instant) => {
        expect(readLocalTime(localTimeText(instant, zone), zone)).toEqual(instant);
      }),
    );
  });
});
