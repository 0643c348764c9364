// Dates and times in the spellings .NET reads in the invariant culture: American order unless the year comes first,
// English names, ISO 8601, RFC 1123. Left out: a time before its date, eras, and words without a number.

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

const CLOCK =
  /(?:^|(?<=\d)t|\s)(?<hour>\d{1,2})(?=:|\s*[ap])(?::(?<minute>\d{1,2})(?::(?<second>\d{1,2})(?:\.\d+)?)?)?\s*(?<half>[ap]m?)?\s*(?:z|gmt|[+-]\d{1,2}(?::?\d{2})?)?$/;

/** What each part of a date means, by what it looks like: N one or two digits, Y three or four, M a month's name. */
const ROLES: Readonly<Record<string, string>> = {
  NN: 'md',
  NY: 'my',
  YN: 'ym',
  NNN: 'mdy',
  NNY: 'mdy',
  YNN: 'ymd',
  MN: 'md',
  NM: 'dm',
  MY: 'my',
  YM: 'ym',
  MNN: 'mdy',
  MNY: 'mdy',
  NMN: 'dmy',
  NMY: 'dmy',
  YMN: 'ymd',
};

/** More than the longest spelling needs, and little enough that no value keeps the expressions busy. */
const MAX_LENGTH = 64;

export function isDateTime(value: string): boolean {
  if (value.length > MAX_LENGTH) return false;
  const text = value.trim().toLowerCase();
  const clock = CLOCK.exec(text);
  const date = text.slice(0, clock?.index).replace(/[\s,]+$/, '');
  if (clock && !isClock(clock.groups)) return false;
  return date === '' ? clock !== null : isDate(date);
}

function isClock({ hour, minute = '0', second = '0', half }: Record<string, string | undefined> = {}): boolean {
  return Number(hour) < (half === undefined ? 24 : 13) && Number(minute) < 60 && Number(second) < 60;
}

function isDate(text: string): boolean {
  const parts = text.split(/\s*[/\-.,]\s*|\s+/);
  const weekday = WEEKDAYS.findIndex((name) => isNameOf(name, parts[0]));
  if (weekday !== -1) parts.shift();
  const roles = ROLES[parts.map(kindOf).join('')];
  if (roles === undefined) return false;
  const part = (role: string): string | undefined => parts[roles.indexOf(role)];
  const [year, month, day] = [yearOf(part('y')), monthOf(part('m') ?? ''), Number(part('d') ?? 1)];
  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have is one of another month.
  const exists = year > 0 && instant.getUTCMonth() === month - 1;
  return exists && (weekday === -1 || !roles.includes('y') || instant.getUTCDay() === weekday);
}

function kindOf(part: string): string {
  if (/^\d{1,4}$/.test(part)) return part.length > 2 ? 'Y' : 'N';
  return MONTHS.some((name) => isNameOf(name, part)) ? 'M' : '?';
}

/** Without a year, any leap year: then every day of a year exists. */
function yearOf(part = '2000'): number {
  const year = Number(part);
  return part.length > 2 ? year : year + (year < 50 ? 2000 : 1900);
}

function monthOf(part: string): number {
  return /^\d/.test(part) ? Number(part) : MONTHS.findIndex((name) => isNameOf(name, part)) + 1;
}

function isNameOf(name: string, part: string | undefined): boolean {
  return part === name || part === name.slice(0, 3);
}
