// A schedule status as it is stored and as a handler gets it: the JSON of Azure's host, so that either host can go on where the other stopped.
import type { JsonObject, JsonValue } from '../../core/function-app.ts';
import { readJson } from '../../core/json-reader.ts';
import { isJsonObject, kindOfJson } from '../../core/json-value.ts';
import { localTimeText, readLocalTime } from './local-time.ts';
import type { ScheduleStatus } from './schedule-status.ts';
import type { TimeZone } from './time-zone.ts';

/** .NET has no missing time: what is unset is the first of its calendar, what never comes the last second. */
const UNSET = '0001-01-01T00:00:00';
const FIRST_SET_YEAR = 2;
const NEVER = new Date('9999-12-31T23:59:59Z');

/** Members in the order of Azure's host. */
export function statusJson({ last, next, lastUpdated }: ScheduleStatus, zone: TimeZone): JsonObject {
  const unset = zone.name.endsWith('UTC') ? `${UNSET}+00:00` : UNSET;
  const text = (instant: Date | undefined) => (instant ? localTimeText(instant, zone) : unset);
  const never = new Date(zone.instantsAt(NEVER.getTime()).firstMs);
  return { Last: text(last), Next: localTimeText(next ?? never, zone), LastUpdated: text(lastUpdated) };
}

/** Status undefined: there is none. Fault: why the text cannot be read, as the end of a sentence. */
export type StatusReading = { readonly status: ScheduleStatus | undefined } | { readonly fault: string };

export function readStatus(text: string, zone: TimeZone): StatusReading {
  const reading = readJson(text);
  if ('fault' in reading) return { fault: `it is no JSON: ${reading.fault}` };
  if (reading.value === null) return { status: undefined };
  if (!isJsonObject(reading.value)) return { fault: `it is ${kindOfJson(reading.value)}` };
  const times: (Date | undefined)[] = [];
  for (const name of ['Last', 'Next', 'LastUpdated']) {
    const time = readTime(reading.value[name], zone);
    if (time === 'unreadable') return { fault: `its ${name} is no time` };
    times.push(time);
  }
  const [last, next, lastUpdated] = times;
  return { status: { last, next, lastUpdated } };
}

function readTime(value: JsonValue | undefined, zone: TimeZone): Date | 'unreadable' | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'string' ? readLocalTime(value, zone) : undefined;
  if (!time) return 'unreadable';
  const year = new Date(time.getTime() + zone.offsetMsAt(time.getTime())).getUTCFullYear();
  return year < FIRST_SET_YEAR || year >= NEVER.getUTCFullYear() ? undefined : time;
}
