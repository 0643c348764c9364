// One field of an NCRONTAB expression: what it may hold, and how it is read and printed.

export type CronField = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday';

type Facts = {
  readonly min: number;
  readonly max: number;
  /** For people. */
  readonly label: string;
  readonly allowed: string;
  /** The library's name for it. */
  readonly kind: string;
  /** In lower case; the first stands for `min`. */
  readonly names?: readonly string[];
};

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

/** In the order of the fields. */
export const CRON_FIELDS: Readonly<Record<CronField, Facts>> = {
  second: { min: 0, max: 59, label: 'second', allowed: '0 to 59', kind: 'Second' },
  minute: { min: 0, max: 59, label: 'minute', allowed: '0 to 59', kind: 'Minute' },
  hour: { min: 0, max: 23, label: 'hour', allowed: '0 to 23', kind: 'Hour' },
  day: { min: 1, max: 31, label: 'day of the month', allowed: '1 to 31', kind: 'Day' },
  month: { min: 1, max: 12, label: 'month', allowed: '1 to 12 or JAN to DEC', kind: 'Month', names: MONTHS },
  weekday: { min: 0, max: 6, label: 'day of the week', allowed: '0 to 6 (0 is Sunday) or SUN to SAT', kind: 'DayOfWeek', names: WEEKDAYS },
};

export type SwappedRange = {
  readonly written: string;
  readonly counts: string;
  /** What its author may have meant: to the end of the field and on from its beginning. */
  readonly wrapped: string;
};

export type ReadField = {
  /** Ascending, each once, never empty. */
  readonly values: readonly number[];
  /** Ranges that were written backwards and count forwards. */
  readonly swapped: readonly SwappedRange[];
};

export type FieldFault = {
  readonly problem: string;
  /** What is allowed. */
  readonly hint: string;
  /** The library's own words. */
  readonly original: string;
  /** How far into the field. */
  readonly at: number;
};

/** A list of items, each `*`, a value or a range, perhaps with a step. */
export function readField(name: CronField, text: string): ReadField | FieldFault {
  const { min, max, kind } = CRON_FIELDS[name];
  const bounds = `allowable value for the [${kind}] field. Value must be between ${min} and ${max} (all inclusive).`;
  const found = new Set<number>();
  const swapped: SwappedRange[] = [];

  // Parity: a comma in front makes no list; the whole is then one faulty item.
  const items = text.startsWith(',') ? [text] : text.split(',');
  let at = 0;
  for (const item of items) {
    const refuse = (problem: string, original: string): FieldFault => ({ problem, hint: hintFor(name, item), original, at });
    if (item === '') return refuse('a value between commas is missing', 'A crontab field value cannot be empty.');
    const range = readItem(name, item);
    if (!range) return refuse(`"${item}" is none of its values`, `'${text}' is not a valid [${kind}] crontab field expression.`);
    // Parity: ends in the wrong order are swapped, so 22-2 never leads through midnight.
    const [first, last] = [Math.min(range.from, range.to), Math.max(range.from, range.to)];
    if (first < min) return refuse(`"${item}" is below ${min}`, `${first} is lower than the minimum ${bounds}`);
    if (last > max) return refuse(`"${item}" is above ${max}`, `${last} is higher than the maximum ${bounds}`);
    if (range.from > range.to) swapped.push({ written: item, ...bothReadings(name, range) });
    for (let value = first; value <= last; value += range.step) found.add(value);
    at += item.length + 1;
  }
  return { values: [...found].sort((one, other) => one - other), swapped };
}

function hintFor(name: CronField, item: string): string {
  const allowed = `Allowed are ${CRON_FIELDS[name].allowed}; *, ranges a-b, steps /n, and lists with commas.`;
  if (item === '?') return `Write "*" instead of "?". ${allowed}`;
  if (/^[LW]|\d[LW#]/i.test(item)) return `"L", "W" and "#" are words of Quartz, not of NCRONTAB. ${allowed}`;
  if (name === 'weekday' && /\b7\b/.test(item)) return `Sunday is 0. ${allowed}`;
  return allowed;
}

type Range = { readonly from: number; readonly to: number; readonly step: number };

function readItem(name: CronField, item: string): Range | undefined {
  const { min, max } = CRON_FIELDS[name];
  const [, body = '', stepText] = /^([^/]+)(?:\/(.*))?$/s.exec(item) ?? [];
  const step = stepText === undefined ? 1 : readInteger(stepText);
  if (step === undefined) return undefined;
  // Parity: a step below 1 counts as 1, so */0 is *.
  const range = (from: number | undefined, to: number | undefined): Range | undefined =>
    from === undefined || to === undefined ? undefined : { from, to, step: Math.max(step, 1) };
  if (body === '*') return range(min, max);

  const [, fromText, toText] = /^([^-]+)-(.*)$/s.exec(body) ?? [];
  if (fromText !== undefined && toText !== undefined) return range(readValue(name, fromText), readValue(name, toText));
  const value = readValue(name, body);
  // A value with a step goes on to the greatest.
  return range(value, stepText === undefined ? value : max);
}

function readValue(name: CronField, text: string): number | undefined {
  if (/^\d/.test(text)) return readInteger(text);
  // Parity: any beginning of a name will do, and the first name that has it wins: J is January, ma March, T Tuesday.
  const { names = [], min } = CRON_FIELDS[name];
  const index = text === '' ? -1 : names.findIndex((candidate) => candidate.startsWith(text.toLowerCase()));
  return index < 0 ? undefined : index + min;
}

/** Parity: tabs and line breaks around a number pass; more than 32 bits do not. */
function readInteger(text: string): number | undefined {
  const value = /^[\t-\r]*[+-]?\d+[\t-\r]*$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(value) < 2 ** 31 ? value : undefined;
}

function bothReadings(name: CronField, { from, to, step }: Range): Omit<SwappedRange, 'written'> {
  const { min, max } = CRON_FIELDS[name];
  const count = max - min + 1;
  if (step === 1) return { counts: `${to}-${from}`, wrapped: `${from}-${max},${min}-${to}` };
  const wrapped = Array.from(
    { length: Math.floor((to + count - from) / step) + 1 },
    (_, index) => min + ((from - min + index * step) % count),
  );
  return { counts: `${to}-${from}/${step}`, wrapped: wrapped.join(',') };
}

/** Without names and steps, neighbours joined, `*` for a full field. */
export function printField(name: CronField, values: readonly number[]): string {
  const { min, max } = CRON_FIELDS[name];
  if (values.length === max - min + 1) return '*';
  const runs: [first: number, last: number][] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run && run[1] === value - 1) run[1] = value;
    else runs.push([value, value]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
