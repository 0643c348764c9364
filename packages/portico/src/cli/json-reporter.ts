// What programs see: one JSON object per line. The events stand in events.ts.
import type { HostError } from '../core/error.ts';
import type { Problem } from '../core/problem.ts';
import type { EventFields, EventName } from './events.ts';
import { invokeCommand, isInvoked } from './invoke-command.ts';
import { type LogFilter, showsInvocation, showsRequest } from './log-filter.ts';
import type { Reporter } from './reporter.ts';

type JsonOptions = {
  readonly writeLine: (line: string) => void;
  readonly nowMs: () => number;
  readonly shows: LogFilter;
};

export function createJsonReporter({ writeLine, nowMs, shows }: JsonOptions): Reporter {
  const format = <Name extends EventName>(event: Name, fields: EventFields<Name>, atMs = nowMs()): string =>
    JSON.stringify({ event, time: new Date(atMs).toISOString(), ...fields });
  const emit = <Name extends EventName>(event: Name, fields: EventFields<Name>, atMs?: number): void =>
    writeLine(format(event, fields, atMs));

  return {
    listening({ version, processId, root, url, openUrls, keys, user, clientCertificate, authorityFile, watching, functions, problems }) {
      const listed = functions.map(({ problem, ...summary }) => ({
        ...summary,
        invoke: isInvoked({ ...summary, problem }) ? invokeCommand(summary.name, url) : undefined,
        problem: problem && { code: problem.code, message: problem.message },
      }));
      const told = { version, pid: processId, root, url, openUrls, keys: keys?.place, user, clientCertificate, authorityFile, watching };
      emit('listening', { ...told, functions: listed, problems: problems.map(withoutParity) });
    },
    ready({ handlers, phases, totalMs }) {
      const rounded = Object.fromEntries(Object.entries(phases).map(([phase, ms]) => [phase, roundMs(ms)]));
      emit('ready', { totalMs: roundMs(totalMs), phases: rounded, handler: handlers[0], handlers });
    },
    notReady: ({ state, error }) => emit('notReady', { state, ...(error && errorFields(error)) }),
    request(summary) {
      if (!showsRequest(shows, summary)) return;
      const { startedAtMs, durationMs, method, target, status, outcome, functionName, invocationId } = summary;
      const fields = { method, target, status, outcome, durationMs: roundMs(durationMs), functionName, invocationId };
      emit('request', fields, startedAtMs + durationMs);
    },
    invocation(summary) {
      if (!showsInvocation(shows, summary)) return;
      const { startedAtMs, durationMs, functionName, invocationId, reason, details, outcome } = summary;
      emit(
        'invocation',
        { functionName, invocationId, reason, details, outcome, durationMs: roundMs(durationMs) },
        startedAtMs + durationMs,
      );
    },
    log(record) {
      if (shows(record.category, record.level)) emit('log', record);
    },
    stopping: (signal) => emit('stopping', { signal }),
    failed: (error) => emit('failed', errorFields(error)),
    describeLoss: (lineCount) => format('lost', { lineCount }),
  };
}

/** One decimal: what is finer is noise. */
function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function errorFields({ code, message, hint }: HostError): EventFields<'failed'> {
  return { code, message, hint };
}

function withoutParity({ azureMessage: _, ...problem }: Problem): Omit<Problem, 'azureMessage'> {
  return problem;
}
