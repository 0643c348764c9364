// What people see: a banner, one line per request, and what the handler says indented beneath.
import type { InvocationSummary, LogRecord, RequestSummary } from '../core/log.ts';
import { formatListening, formatNotReady, formatReady, formatWarnings } from './banner.ts';
import { isSaidByFunction, type LogFilter, looksFailed, showsInvocation, showsRequest } from './log-filter.ts';
import type { Palette } from './palette.ts';
import type { Reporter } from './reporter.ts';
import { createTimeOfDay } from './time-of-day.ts';

type ConsoleOptions = {
  readonly writeLine: (line: string) => void;
  readonly nowMs: () => number;
  readonly shows: LogFilter;
  readonly palette: Palette;
  /** Leaves out what is neither a warning nor an error. */
  readonly quiet: boolean;
};

export const OUTCOMES = {
  succeeded: { mark: '✓', colour: 'green' },
  failed: { mark: '✗', colour: 'red' },
  aborted: { mark: '↯', colour: 'yellow' },
  refused: { mark: '–', colour: 'dim' },
  abandoned: { mark: '↯', colour: 'yellow' },
} as const satisfies Record<RequestSummary['outcome'] | InvocationSummary['outcome'], object>;

/** Width of `12:04:31.207 `: where the marks stand. */
const MARK_COLUMN = 13;

export function createConsoleReporter({ writeLine, nowMs, shows, palette, quiet }: ConsoleOptions): Reporter {
  const timeOfDay = createTimeOfDay();
  const stamp = (epochMs: number): string => palette.dim(timeOfDay(epochMs));

  return {
    listening(run) {
      if (!quiet) writeLine(formatListening(run, palette));
      else for (const line of formatWarnings(run, palette)) writeLine(line);
    },
    ready(report) {
      if (!quiet) writeLine(formatReady(report));
    },
    notReady: (reason) => writeLine(formatNotReady(reason, palette)),
    stopping(signal) {
      if (!quiet) writeLine(`${stamp(nowMs())} stopping (${signal}); a second one stops at once`);
    },
    // Standard error has it already, and usually goes to the same screen.
    failed: () => {},
    describeLoss: (lineCount) => `… ${lineCount} lines dropped: whatever reads this output is too slow`,
    log(record) {
      if (shows(record.category, record.level)) writeLine(formatLog(record));
    },
    request(summary) {
      if (!showsRequest(shows, summary)) return;
      const { outcome, startedAtMs, durationMs, status, method, target, invocationId } = summary;
      const what = `${status ?? '---'} ${method} ${printable(shortened(target))}`;
      writeLine(formatEnd(looksFailed(summary) ? 'failed' : outcome, what, startedAtMs, durationMs, invocationId));
    },
    invocation(summary) {
      if (!showsInvocation(shows, summary)) return;
      const { outcome, startedAtMs, durationMs, functionName, reason, invocationId } = summary;
      writeLine(formatEnd(outcome, `${functionName}: ${printable(reason)}`, startedAtMs, durationMs, invocationId));
    },
  };

  function formatEnd(
    outcome: keyof typeof OUTCOMES,
    what: string,
    startedAtMs: number,
    durationMs: number,
    invocationId: string | undefined,
  ): string {
    const { mark, colour } = OUTCOMES[outcome];
    const id = invocationId ? palette.dim(` #${shortId(invocationId)}`) : '';
    const duration = palette.dim(`${formatMs(durationMs)} ms`);
    return `${stamp(startedAtMs + durationMs)} ${palette[colour](mark)} ${what} ${duration}${id}`;
  }

  function formatLog(record: LogRecord): string {
    const isNested = isSaidByFunction(record.category);
    const { mark, paint } = appearance(record, isNested);
    const margin = ' '.repeat(MARK_COLUMN + (isNested ? 4 : 2));
    const [first = '', ...more] = record.message.split(/\r?\n/);
    const lines = [first + details(record, isNested), ...more.map((line) => margin + line)].map(paint);
    if (record.hint) lines.push(`${margin}${palette.dim('→')} ${record.hint}`);
    return `${stamp(nowMs())} ${isNested ? '  ' : ''}${paint(mark)} ${lines.join('\n')}`;
  }

  function appearance({ level }: LogRecord, isNested: boolean): { mark: string; paint: (text: string) => string } {
    if (level === 'error' || level === 'critical') return { mark: '✗', paint: palette.red };
    if (level === 'warning') return { mark: '!', paint: palette.yellow };
    const paint = level === 'information' ? (text: string) => text : palette.dim;
    return { mark: isNested ? '│' : '·', paint };
  }

  /** Fields, and where the line comes from if it does not say so itself. */
  function details({ fields = {}, functionName, invocationId, category, level }: LogRecord, isNested: boolean): string {
    const told = Object.entries(fields).filter(([, value]) => value !== undefined);
    const parts = told.map(([name, value]) => `${name}=${value}`);
    if (functionName) parts.push(functionName);
    if (invocationId) parts.push(`#${shortId(invocationId)}`);
    const speaksForItself = isNested || level === 'warning' || level === 'error' || level === 'critical';
    if (!speaksForItself) parts.push(`(${category})`);
    return parts.length > 0 ? palette.dim(`  ${parts.join(' ')}`) : '';
  }
}

/** Enough to tell the requests of a screen apart. */
export function shortId(invocationId: string): string {
  return invocationId.slice(0, 4);
}

/** One decimal where it matters: 0.4, 3.7, 84. */
export function formatMs(ms: number): string {
  return String(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g;

/** A target may be 8 KiB long, and a person reads its beginning. */
const MOST_TARGET_CHARACTERS = 300;

function shortened(target: string): string {
  const left = target.length - MOST_TARGET_CHARACTERS;
  return left > 0 ? `${target.slice(0, MOST_TARGET_CHARACTERS)}… and ${left} more` : target;
}

/** Whoever calls chooses the target, and whoever writes a blob its name: it must not be able to send commands to the terminal. */
export function printable(target: string): string {
  return target.replace(CONTROL_CHARACTERS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
