// Problems of a timer's schedule and time zone. An error takes that function down and no other.
import { defineProblem } from '../problem.ts';

/** Azure's host has one sentence for every schedule it cannot read. */
const notRecognized = (text: string) =>
  `The schedule expression '${text}' was not recognized as a valid cron expression or timespan string.`;

export const scheduleMissing = defineProblem('SCHEDULE_MISSING', 'error', () => ({
  message: 'The schedule is empty.',
  hint: 'Write an NCRONTAB expression such as "0 */5 * * * *" (every five minutes), or a pause such as "00:05:00".',
  azureMessage: "Value cannot be null. (Parameter 'type')",
}));

export const scheduleUnreadable = defineProblem(
  'SCHEDULE_UNREADABLE',
  'error',
  (text: string, fault: { readonly reason: string; readonly hint: string }) => ({
    message: `The schedule expression ${JSON.stringify(text)} cannot be read: ${fault.reason}.`,
    hint: fault.hint,
    azureMessage: notRecognized(text),
  }),
);

export const schedulePauseNotPositive = defineProblem('SCHEDULE_PAUSE_NOT_POSITIVE', 'error', (text: string) => ({
  message: `The schedule "${text}" is no pause, so the function would run without end.`,
  hint: 'Write how long to wait between two runs, for example "00:05:00".',
}));

export const schedulePauseCountsDays = defineProblem('SCHEDULE_PAUSE_COUNTS_DAYS', 'warning', (text: string, canonical: string) => ({
  message: `The schedule "${text}" is a pause of days: ${canonical}.`,
  hint: 'A number alone, and hours from 24 on, count as days. Write "d.hh:mm:ss" if days are meant, "hh:mm:ss" with hours up to 23 if not.',
}));

export const scheduleNeverComes = defineProblem('SCHEDULE_NEVER_COMES', 'warning', (text: string) => ({
  message: `The schedule "${text}" never comes: none of its months has such a day.`,
  hint: 'The fields are "second minute hour day month weekday", or five without the second; mend the day or the month.',
}));

export const scheduleRangeSwapped = defineProblem(
  'SCHEDULE_RANGE_SWAPPED',
  'warning',
  (text: string, range: { readonly written: string; readonly counts: string; readonly wrapped: string }) => ({
    message: `In the schedule "${text}" the range ${range.written} counts as ${range.counts}: its ends are swapped.`,
    hint: `Write ${range.counts} if that is meant, or ${range.wrapped} to go past the end of the field.`,
  }),
);

export const timeZoneUnknown = defineProblem(
  'TIME_ZONE_UNKNOWN',
  'warning',
  (setting: string, found: string, used: string, nearest: string | undefined) => ({
    message: `${setting} is ${JSON.stringify(found)}, which is no time zone; timers run in ${used}.`,
    hint: `${nearest ? `Did you mean "${nearest}"? ` : ''}Write a name such as "Europe/Berlin" or "W. Europe Standard Time".`,
  }),
);
