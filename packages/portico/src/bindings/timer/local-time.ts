// Instants as a status and a payload spell them: the local time of the zone with its offset.
import type { TimeZone } from './time-zone.ts';

/** 2026-11-22T12:02:00.5+01:00: a fraction only where there is one, without its last zeros. */
export function localTimeText(instant: Date, zone: TimeZone): string {
  const { wall, offset } = wallAndOffset(instant, zone);
  return `${wall.replace(/\.?0*$/, '')}${offset}`;
}

/** 2026-11-22T12:02:00.5000000+01:00, as Azure's host writes in its log. */
export function exactLocalTimeText(instant: Date, zone: TimeZone): string {
  const { wall, offset } = wallAndOffset(instant, zone);
  return `${wall}0000${offset}`;
}

/** `wall` has three digits after its point. */
function wallAndOffset(instant: Date, zone: TimeZone): { readonly wall: string; readonly offset: string } {
  const offsetMs = zone.offsetMsAt(instant.getTime());
  const minutes = Math.abs(offsetMs) / 60_000;
  const twoDigits = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return {
    wall: new Date(instant.getTime() + offsetMs).toISOString().slice(0, -1),
    offset: `${offsetMs < 0 ? '-' : '+'}${twoDigits(minutes / 60)}:${twoDigits(minutes % 60)}`,
  };
}

/** Takes any offset, `Z`, and none for the time of the zone. What is finer than a millisecond is cut off; undefined when it is no time. */
export function readLocalTime(text: string, zone: TimeZone): Date | undefined {
  const [, wall, fraction = '', offset] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  // Beware of handing anything else to Date: it makes a time of "undefined.000Z".
  const time = wall === undefined ? undefined : new Date(`${wall}.${fraction.padEnd(3, '0').slice(0, 3)}${offset ?? 'Z'}`);
  if (!time || Number.isNaN(time.getTime())) return undefined;
  return offset === undefined ? new Date(zone.instantsAt(time.getTime()).firstMs) : time;
}
