import { localTimeText } from './local-time.ts';
import type { Timer } from './timer.ts';

const MOST_LINES = 5;

/** When the timer will run. Parity: the line of Azure's host, with dates that nobody takes for others. */
export function announcement({ functionName, schedule, zone }: Timer, now: Date): string {
  const lines: string[] = [];
  for (let next = schedule.nextAfter(now); next && lines.length < MOST_LINES; next = schedule.nextAfter(next)) {
    lines.push(localTimeText(next, zone));
  }
  const name = `'${functionName}' schedule (${schedule.text})`;
  return lines.length === 0
    ? `The ${name} never comes.`
    : [`The next ${lines.length} occurrences of the ${name} will be:`, ...lines].join('\n');
}
