import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TimeZone, timeZoneNamed } from './time-zone.ts';
import { WINDOWS_ZONES } from './windows-zones.ts';

const HOUR_MS = 3_600_000;
const NAMES = Intl.supportedValuesOf('timeZone');
const instants = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) });

function zoneNamed(name: string): TimeZone {
  const zone = timeZoneNamed(name);
  if (!zone) throw new Error(`There is no zone ${name}.`);
  return zone;
}

const zones = new Map(NAMES.map((name) => [name, zoneNamed(name)]));

/** By another way through Intl: the parts of the local time. */
function offsetByParts(timeZone: string, instantMs: number): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
  return wall - Math.floor(instantMs / 1_000) * 1_000;
}

const clock = (wall: string) => Date.parse(`${wall}Z`);
const utc = (ms: number) => new Date(ms).toISOString().slice(0, 16);

describe('timeZoneNamed', () => {
  test.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['europe/berlin', 'Europe/Berlin'],
    [' Europe/Berlin ', 'Europe/Berlin'],
    [' W. Europe Standard Time ', 'Europe/Berlin'],
    ['eastern standard time', 'America/New_York'],
    ['Etc/UTC', 'UTC'],
    ['UTC', 'UTC'],
  ])('knows "%s" as %s', (name, iana) => expect(zoneNamed(name).name).toBe(iana));

  test.each(['', 'Mars/Phobos', 'Berlin', 'Local', 'CET-1CEST,M3.5.0,M10.5.0/3'])('does not know "%s"', (name) => {
    expect(timeZoneNamed(name)).toBeUndefined();
  });

  test.each(Object.keys(WINDOWS_ZONES))('knows the Windows name "%s"', (name) => expect(timeZoneNamed(name)).toBeDefined());
});

describe('the offset of a zone', () => {
  test('is what Intl shows, in every zone at any time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), instants, (name, instant) => {
        expect(zones.get(name)!.offsetMsAt(instant)).toBe(offsetByParts(name, instant));
      }),
    );
  });

  test('changes within the second of the clock change', () => {
    const zone = zoneNamed('Europe/Berlin');
    const change = Date.parse('2026-03-29T01:00:00Z');
    expect([zone.offsetMsAt(change - 1), zone.offsetMsAt(change)]).toEqual([HOUR_MS, 2 * HOUR_MS]);
  });

  test('stays right beyond the days that are kept in mind', () => {
    const zone = zoneNamed('Pacific/Auckland');
    const offsets = () => Array.from({ length: 1_500 }, (_, day) => zone.offsetMsAt(day * 24 * HOUR_MS));
    expect(offsets()).toEqual(offsets());
  });
});

describe('the instants of a wall time', () => {
  test('are those that show it, in every zone at any time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), instants, (name, instant) => {
        const zone = zones.get(name)!;
        const { firstMs, lastMs } = zone.instantsAt(instant + zone.offsetMsAt(instant));
        expect(firstMs).toBeLessThanOrEqual(lastMs);
        expect([firstMs, lastMs]).toContain(instant);
      }),
    );
  });

  test.each([
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30', '2026-10-25T01:30'],
    ['America/New_York', '2024-11-03T01:00', '2024-11-03T05:00', '2024-11-03T06:00'],
    ['Australia/Lord_Howe', '2025-04-06T01:59', '2025-04-05T14:59', '2025-04-05T15:29'],
    ['Europe/Dublin', '2026-10-25T01:30', '2026-10-25T00:30', '2026-10-25T01:30'],
    ['Antarctica/Troll', '2026-10-25T02:30', '2026-10-25T00:30', '2026-10-25T02:30'],
  ])('%s shows %s twice', (name, wall, first, last) => {
    const { firstMs, lastMs } = zoneNamed(name).instantsAt(clock(wall));
    expect([utc(firstMs), utc(lastMs)]).toEqual([first, last]);
  });

  test.each([
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T03:30'],
    ['Australia/Lord_Howe', '2025-10-05T02:15', '2025-10-05T02:45'],
    ['America/Sao_Paulo', '2018-11-04T00:00', '2018-11-04T01:00'],
    // A day that Samoa left out when it changed sides of the date line.
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-31T12:00'],
  ])('%s never shows %s, which counts as %s', (name, wall, later) => {
    const zone = zoneNamed(name);
    const { firstMs, lastMs } = zone.instantsAt(clock(wall));
    expect(firstMs).toBe(lastMs);
    expect(utc(firstMs + zone.offsetMsAt(firstMs))).toBe(later);
  });

  test.each([
    ['Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59'],
    ['Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00'],
    ['Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00'],
    ['Pacific/Apia', '2011-12-29T23:59', '2011-12-30T09:59'],
  ])('%s shows %s once, beside a change', (name, wall, instant) => {
    const { firstMs, lastMs } = zoneNamed(name).instantsAt(clock(wall));
    expect([utc(firstMs), utc(lastMs)]).toEqual([instant, instant]);
  });
});
