// Dates in the formats of .NET, in its invariant culture and in UTC, which is all that expressions know.
// https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

const LONG_DATE = 'dddd, dd MMMM yyyy';
const ROUND_TRIP = "yyyy-MM-dd'T'HH:mm:ss.fffffffK";
const RFC1123 = "ddd, dd MMM yyyy HH:mm:ss 'GMT'";

/** What one letter alone stands for. */
const STANDARD = new Map([
  ['d', 'MM/dd/yyyy'],
  ['D', LONG_DATE],
  ['f', `${LONG_DATE} HH:mm`],
  ['F', `${LONG_DATE} HH:mm:ss`],
  ['g', 'MM/dd/yyyy HH:mm'],
  ['G', 'MM/dd/yyyy HH:mm:ss'],
  ['m', 'MMMM dd'],
  ['M', 'MMMM dd'],
  ['o', ROUND_TRIP],
  ['O', ROUND_TRIP],
  ['r', RFC1123],
  ['R', RFC1123],
  ['s', "yyyy-MM-dd'T'HH:mm:ss"],
  ['t', 'HH:mm'],
  ['T', 'HH:mm:ss'],
  ['u', "yyyy-MM-dd HH:mm:ss'Z'"],
  ['U', `${LONG_DATE} HH:mm:ss`],
  ['y', 'yyyy MMMM'],
  ['Y', 'yyyy MMMM'],
]);

// A quoted text, a character behind a backslash, one letter alone behind a "%", a letter as often as it comes, or anything else.
const PART = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\\(.)|%([dfFghHKmMstyz])|([dfFghHKmMstyz])\5*|%?([^%\\'"])/gsy;
const MOST_FRACTION_DIGITS = 7;

/** Undefined when the format is none. */
export function formatDate(at: Date, format: string): string | undefined {
  const custom = format.length === 1 ? STANDARD.get(format) : format;
  if (custom === undefined) return undefined;
  let text = '';
  let end = 0;
  for (const [part, single, double, escaped, alone, repeated, other] of custom.matchAll(PART)) {
    end += part.length;
    const letter = alone ?? repeated;
    if (letter === undefined) {
      text += (single ?? double)?.replace(/\\(.)/gs, '$1') ?? escaped ?? other ?? '';
      continue;
    }
    const count = alone === undefined ? part.length : 1;
    if (letter.toLowerCase() === 'f' && count > MOST_FRACTION_DIGITS) return undefined;
    const written = FIELDS[letter as keyof typeof FIELDS](at, count);
    // Parity: a fraction without digits takes the dot before it along.
    text = letter === 'F' && written === '' ? text.replace(/\.$/, '') : text + written;
  }
  // What no part begins with stops the search: a quote without its partner, a backslash at the end, a "%" before another.
  return end === custom.length ? text : undefined;
}

const FIELDS = {
  d: (at: Date, count: number) => dayOrName(at.getUTCDate(), DAYS[at.getUTCDay()], count),
  f: (at: Date, count: number) => fraction(at, count),
  F: (at: Date, count: number) => fraction(at, count).replace(/0+$/, ''),
  g: () => 'A.D.',
  h: (at: Date, count: number) => twoDigits(at.getUTCHours() % 12 || 12, count),
  H: (at: Date, count: number) => twoDigits(at.getUTCHours(), count),
  K: (_: Date, count: number) => 'Z'.repeat(count),
  m: (at: Date, count: number) => twoDigits(at.getUTCMinutes(), count),
  M: (at: Date, count: number) => dayOrName(at.getUTCMonth() + 1, MONTHS[at.getUTCMonth()], count),
  s: (at: Date, count: number) => twoDigits(at.getUTCSeconds(), count),
  t: (at: Date, count: number) => (at.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, count),
  y: (at: Date, count: number) => (count < 3 ? twoDigits(at.getUTCFullYear() % 100, count) : padded(at.getUTCFullYear(), count)),
  z: (_: Date, count: number) => ['+0', '+00', '+00:00'][Math.min(count, 3) - 1] as string,
};

function dayOrName(value: number, name = '', count: number): string {
  if (count < 3) return twoDigits(value, count);
  return count === 3 ? name.slice(0, 3) : name;
}

const twoDigits = (value: number, count: number): string => padded(value, Math.min(count, 2));
const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');
const fraction = (at: Date, digits: number): string => `${padded(at.getUTCMilliseconds(), 3)}0000`.slice(0, digits);
