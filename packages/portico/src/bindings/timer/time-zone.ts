// Time zones by name, with their clock changes. What they are is asked of Intl alone, which brings the IANA database with Node.
import { WINDOWS_ZONES } from './windows-zones.ts';

/** A wall time is what the clocks of the zone show, written as milliseconds as if it were UTC. */
export interface TimeZone {
  /** The IANA name. */
  readonly name: string;
  /** What is added to an instant to get its wall time. */
  offsetMsAt(instantMs: number): number;
  /**
   * When the clocks show that time. Equal, but where they are set back and show it twice.
   * A time that is skipped when they are set forward counts as that much later: 02:30 is 03:30.
   */
  instantsAt(wallMs: number): { readonly firstMs: number; readonly lastMs: number };
}

const DAY_MS = 86_400_000;
/** Enough for a timer that runs for years; a search far ahead does not stay in memory. */
const MOST_DAYS = 1_000;

/** Takes IANA names ("Europe/Berlin") and those of Windows ("W. Europe Standard Time"), ignoring case. */
export function timeZoneNamed(name: string): TimeZone | undefined {
  const wanted = name.trim().toLowerCase();
  const windows = Object.entries(WINDOWS_ZONES).find(([candidate]) => candidate.toLowerCase() === wanted);
  try {
    return createTimeZone(windows?.[1] ?? name.trim());
  } catch (error) {
    // That is how Intl says that it does not know a zone.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function createTimeZone(timeZone: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const measure = (instantMs: number) => offsetIn(format.format(instantMs));

  // Intl takes microseconds for each answer. No zone has set its clocks twice within a week since 1970, so a day with the same offset at
  // both ends has no other in between.
  const offsetsOfDays = new Map<number, number | undefined>();
  const offsetMsAt = (instantMs: number): number => {
    const day = Math.floor(instantMs / DAY_MS);
    let offset = offsetsOfDays.get(day);
    if (offset === undefined && !offsetsOfDays.has(day)) {
      const atStart = measure(day * DAY_MS);
      offset = atStart === measure((day + 1) * DAY_MS) ? atStart : undefined;
      if (offsetsOfDays.size >= MOST_DAYS) offsetsOfDays.clear();
      offsetsOfDays.set(day, offset);
    }
    return offset ?? measure(instantMs);
  };

  return {
    name: format.resolvedOptions().timeZone,
    offsetMsAt,
    instantsAt(wallMs) {
      const [before, after] = [offsetMsAt(wallMs - DAY_MS), offsetMsAt(wallMs + DAY_MS)];
      const [early, late] = [wallMs - before, wallMs - after];
      if (before === after) return { firstMs: early, lastMs: early };
      const [isEarly, isLate] = [offsetMsAt(early) === before, offsetMsAt(late) === after];
      // Before the change, after it, in the hour that comes twice; or in the one that never comes.
      if (isEarly && isLate) return { firstMs: early, lastMs: late };
      const only = isLate ? late : early;
      return { firstMs: only, lastMs: only };
    },
  };
}

/** From a text such as "7/1/2026, GMT+05:30"; "GMT" alone is UTC. Offsets before there were zones have seconds. */
function offsetIn(text: string): number {
  const [, sign, hours, minutes, seconds = '0'] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  const ms = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds)) * 1_000;
  return sign === '-' ? -ms : ms;
}
