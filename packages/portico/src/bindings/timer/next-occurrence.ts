// When a cron expression comes next, on a clock that knows no time zone: a number here is what a wall clock shows, as if it were UTC.
// First the day, then the time of the day; neither is searched second by second, so a rare date costs no more than its years.
import type { Ncrontab } from './ncrontab.ts';

const DAY_S = 86_400;
/** Where .NET's calendar ends. */
const LAST_YEAR = 9_999;
const LONGEST_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** False for 30 February and the like. A date that exists falls on each day of the week at least once in 40 years, so no other schedule is empty. */
export function canOccur({ day, month }: Ncrontab): boolean {
  return month.some((one) => first(day) <= (LONGEST_MONTHS[one - 1] ?? 0));
}

/** Strictly after that time and a whole second; undefined when it never comes. */
export function nextOccurrence(cron: Ncrontab, afterMs: number): number | undefined {
  const earliestS = Math.floor(afterMs / 1_000) + 1;
  const today = Math.floor(earliestS / DAY_S);
  const day = dayFrom(cron, today);
  const time = day === today ? timeFrom(cron, earliestS - today * DAY_S) : first(cron.hour) * 3_600 + firstInHour(cron);
  if (time !== undefined) return instantOf(day, time);
  return instantOf(dayFrom(cron, today + 1), first(cron.hour) * 3_600 + firstInHour(cron));
}

function instantOf(day: number | undefined, timeS: number): number | undefined {
  return day === undefined ? undefined : (day * DAY_S + timeS) * 1_000;
}

/** Days are counted from 1970. */
function dayFrom(cron: Ncrontab, earliest: number): number | undefined {
  if (!canOccur(cron)) return undefined;
  const start = new Date(earliest * DAY_S * 1_000);
  const [startYear, startMonth] = [start.getUTCFullYear(), start.getUTCMonth() + 1];
  for (let year = startYear; year <= LAST_YEAR; year++) {
    for (const month of cron.month) {
      if (year === startYear && month < startMonth) continue;
      const isStart = year === startYear && month === startMonth;
      const day = dayInMonth(cron, year, month, isStart ? start.getUTCDate() : 1);
      if (day !== undefined) return day;
    }
  }
  return undefined;
}

/** Parity: day of the month and day of the week must both fit, where other crons take either. */
function dayInMonth({ day, weekday }: Ncrontab, year: number, month: number, earliest: number): number | undefined {
  const firstOfMonth = new Date(Date.UTC(year, month - 1, 1));
  const beforeFirst = firstOfMonth.getTime() / (DAY_S * 1_000) - 1;
  const length = month === 2 && !isLeap(year) ? 28 : (LONGEST_MONTHS[month - 1] ?? 0);
  const found = day.find((date) => date >= earliest && date <= length && weekday.includes((firstOfMonth.getUTCDay() + date - 1) % 7));
  return found === undefined ? undefined : beforeFirst + found;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Seconds since midnight. */
function timeFrom(cron: Ncrontab, earliestS: number): number | undefined {
  const thisHour = Math.floor(earliestS / 3_600);
  const inHour = cron.hour.includes(thisHour) ? timeInHourFrom(cron, earliestS % 3_600) : undefined;
  if (inHour !== undefined) return thisHour * 3_600 + inHour;
  const hour = cron.hour.find((one) => one > thisHour);
  return hour === undefined ? undefined : hour * 3_600 + firstInHour(cron);
}

function timeInHourFrom(cron: Ncrontab, earliestS: number): number | undefined {
  const thisMinute = Math.floor(earliestS / 60);
  const second = cron.minute.includes(thisMinute) ? cron.second.find((one) => one >= earliestS % 60) : undefined;
  if (second !== undefined) return thisMinute * 60 + second;
  const minute = cron.minute.find((one) => one > thisMinute);
  return minute === undefined ? undefined : minute * 60 + first(cron.second);
}

function firstInHour({ minute, second }: Ncrontab): number {
  return first(minute) * 60 + first(second);
}

/** A field is never empty. */
function first(values: readonly number[]): number {
  return values[0] as number;
}
