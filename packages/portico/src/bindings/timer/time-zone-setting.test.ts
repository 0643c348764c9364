import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { timeZoneOf } from './time-zone-setting.ts';

describe('timeZoneOf', () => {
  test.each([
    [{ WEBSITE_TIME_ZONE: 'W. Europe Standard Time', TZ: 'Asia/Tokyo' }, 'Europe/Berlin'],
    [{ WEBSITE_TIME_ZONE: 'Asia/Tokyo' }, 'Asia/Tokyo'],
    [{ WEBSITE_TIME_ZONE: '', TZ: 'Asia/Tokyo' }, 'Asia/Tokyo'],
    [{}, 'America/New_York'],
    [{ TZ: ':Asia/Tokyo' }, 'Asia/Tokyo'],
    [{ TZ: ':/usr/share/zoneinfo/Asia/Tokyo' }, 'Asia/Tokyo'],
    [{ TZ: ':/etc/localtime' }, 'America/New_York'],
    [{ TZ: '/etc/localtime' }, 'America/New_York'],
    [{ TZ: ':' }, 'America/New_York'],
  ])('with %j is %s', (settings, name) => {
    expect(timeZoneOf(settings, 'America/New_York')).toMatchObject({ zone: { name }, problems: [] });
  });

  test('passes a misspelt setting over, with a warning that names the nearest zone', () => {
    const { zone, problems } = timeZoneOf({ WEBSITE_TIME_ZONE: 'Europe/Berln', TZ: 'Asia/Tokyo' }, 'UTC');
    expect(zone.name).toBe('Asia/Tokyo');
    expect(problems).toMatchObject([
      {
        code: 'TIME_ZONE_UNKNOWN',
        severity: 'warning',
        message: 'WEBSITE_TIME_ZONE is "Europe/Berln", which is no time zone; timers run in Asia/Tokyo.',
        hint: expect.stringContaining('Did you mean "Europe/Berlin"?'),
      },
    ]);
  });

  test.each([
    [':/etc/localtime', 0],
    ['/etc/localtime', 0],
    ['Europe/Berlln', 1],
  ])('finds a zone in a process whose TZ is "%s", which Intl does not know', (TZ, warnings) => {
    const program = `
      const { systemTimeZone } = await import(${JSON.stringify(new URL('../../platform/machine.ts', import.meta.url).href)});
      const { timeZoneOf } = await import(${JSON.stringify(new URL('./time-zone-setting.ts', import.meta.url).href)});
      const { zone, problems } = timeZoneOf(process.env, systemTimeZone());
      console.log(JSON.stringify({ hasOffset: zone.offsetMsAt(0) !== undefined, warnings: problems.length }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, WEBSITE_TIME_ZONE: '', TZ },
    });
    expect(stderr).not.toContain('Error');
    expect(JSON.parse(stdout)).toEqual({ hasOffset: true, warnings });
  });

  test('is UTC where not even the system knows', () => {
    const { zone, problems } = timeZoneOf({ TZ: 'CET-1CEST' }, 'Etc/Unknown');
    expect(zone.name).toBe('UTC');
    expect(problems).toHaveLength(1);
  });
});
