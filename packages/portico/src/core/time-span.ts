// Spans of time as Azure's files write them, `[-][days.]hours:minutes[:seconds[.fraction]]`, which is the notation of .NET.
// A number alone is days, and so is the first of three numbers above 23: `25:00:00` is twenty-five days.

const DAY_MS = 86_400_000;
const SPAN =
  /^\s*(?<sign>-?)(?:(?<bareDays>\d+)|(?:(?<days>\d+)[.:])??(?<hours>\d+):(?<minutes>\d+)(?::(?<seconds>\d+)(?:\.(?<fraction>\d{1,7}))?)?)\s*$/;

/** Whole milliseconds, or undefined when the text is no span. */
export function parseTimeSpan(text: string): number | undefined {
  const parts = SPAN.exec(text)?.groups;
  if (!parts) return undefined;
  let { bareDays, days = bareDays ?? '0', hours = '0', minutes = '0', seconds = '0', fraction = '' } = parts;
  const threeNumbers = parts.days === undefined && parts.seconds !== undefined && fraction === '';
  if (threeNumbers && Number(hours) > 23) [days, hours, minutes, seconds] = [hours, minutes, seconds, '0'];
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;

  // .NET counts in ticks of 100 ns and refuses what does not fit into 64 bits; a double cannot tell the last tick from the first too many.
  const wholeSeconds = ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const ticks = (wholeSeconds * 10_000_000n + BigInt(fraction.padEnd(7, '0'))) * (parts.sign ? -1n : 1n);
  return BigInt.asIntN(64, ticks) === ticks ? Number(ticks / 10_000n) : undefined;
}

/** The canonical text: two digits each, days and fraction only where they are not zero. */
export function formatTimeSpan(ms: number): string {
  const rest = Math.abs(ms);
  const days = Math.floor(rest / DAY_MS);
  const clock = [rest / 3_600_000, rest / 60_000, rest / 1_000].map((value, index) =>
    String(Math.floor(value) % (index === 0 ? 24 : 60)).padStart(2, '0'),
  );
  const fraction = rest % 1_000;
  return `${ms < 0 ? '-' : ''}${days > 0 ? `${days}.` : ''}${clock.join(':')}${fraction > 0 ? `.${String(fraction).padStart(3, '0')}0000` : ''}`;
}

/** Whether a reader who expects hours or seconds is in for a surprise: a number alone, or hours beyond 23, are days. */
export function countsDaysUnexpectedly(text: string): boolean {
  if (!parseTimeSpan(text)) return false;
  return /^\s*\d+\s*$/.test(text) || Number(/^\s*(\d+):\d+:\d+\s*$/.exec(text)?.[1]) > 23;
}
