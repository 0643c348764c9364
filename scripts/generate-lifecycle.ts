// Writes docs/lifecycle.md: the states of the host and of a handler process, drawn from their tables, and what bounds each wait.
// What is written by hand in that page, below its marker, stays as it is.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { VISIBILITY_MS } from '../packages/portico/src/azure/held-message.ts';
import { LOCK_MS, LOCK_MS_IN_DEVELOPMENT } from '../packages/portico/src/bindings/timer/listener.ts';
import { HOST_OPTIONS } from '../packages/portico/src/config/host-options.ts';
import { PORTICO_JSON } from '../packages/portico/src/config/portico-json.ts';
import { HOST_EVENTS, HOST_STATES, HOST_TRANSITIONS } from '../packages/portico/src/core/host-state.ts';
import type { OptionTable } from '../packages/portico/src/core/options.ts';
import { SETTLE_MS } from '../packages/portico/src/host/app-events.ts';
import { DEFAULT_GRACE_MS } from '../packages/portico/src/host/limits.ts';
import { HEAD_TIMEOUT_MS, KEEP_ALIVE_MS } from '../packages/portico/src/http/public-server.ts';
import { ANSWER_PATIENCE_MS, BODY_PATIENCE_MS, LEAST_BODY_RATE } from '../packages/portico/src/http/slow-callers.ts';
import { HEALTHY_MS } from '../packages/portico/src/worker/process.ts';
import { WORKER_EVENTS, WORKER_STATES, WORKER_TRANSITIONS } from '../packages/portico/src/worker/process-state.ts';
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS } from '../packages/portico/src/worker/restart-delay.ts';
import { HANDLER_STOP_MS } from '../packages/portico/src/worker/stop-time.ts';

export const LIFECYCLE_PAGE = new URL('../docs/lifecycle.md', import.meta.url);
const BY_HAND = '<!-- Written by hand from here on. -->';

type Transitions = Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;

type Limit = {
  readonly what: string;
  readonly value: string;
  readonly setting: string;
  /** What the caller and the handler get when it runs out. */
  readonly result: string;
};

const portico = PORTICO_JSON.table;
const health = portico.healthCheck.table as OptionTable;
const seconds = (ms: number): string => `${ms / 1000} s`;
const written = (option: { readonly default?: unknown } | undefined): string => `\`${option?.default}\``;

const LIMITS: readonly Limit[] = [
  {
    what: 'head of a request',
    value: seconds(HEAD_TIMEOUT_MS),
    setting: 'none',
    result: '408, and the connection ends.',
  },
  {
    what: 'body of a request that somebody reads',
    value: `${seconds(BODY_PATIENCE_MS)} of standing still; ${LEAST_BODY_RATE} bytes a second earn it back`,
    setting: 'none',
    result: '408, and the connection ends; the handler sees its request end.',
  },
  {
    what: 'answer that its caller does not take',
    value: `${seconds(ANSWER_PATIENCE_MS)} in which nothing leaves`,
    setting: 'none',
    result: 'The connection ends.',
  },
  {
    what: 'connection between two requests',
    value: seconds(KEEP_ALIVE_MS),
    setting: 'none',
    result: 'It ends.',
  },
  {
    what: 'start of a handler process',
    value: written(HOST_OPTIONS.customHandler.table.initializationTimeout),
    setting: '`customHandler.initializationTimeout` in host.json',
    result: 'It is ended and started again, with the pause below. Requests that waited so long get 503 with `Retry-After`.',
  },
  {
    what: 'pause before the next start',
    value: `none, then ${seconds(FIRST_PAUSE_MS)}, doubling up to ${seconds(LONGEST_PAUSE_MS)}; up to half of it is chance`,
    setting: `none; it begins anew after ${seconds(HEALTHY_MS)} of health`,
    result: 'Requests wait through the first one; while a handler keeps failing they get 503 with the reason.',
  },
  {
    what: 'one run of a function',
    value: `${written(HOST_OPTIONS.functionTimeout)}; \`-1\`: no limit`,
    setting:
      '`functionTimeout` in host.json; `functions.NAME.functionTimeout` in portico.json. For a WebSocket only until its handshake is answered.',
    result:
      'The caller gets 504, or a broken connection if its reply had begun. The request to the handler is given up. Unless the reply had begun or the caller was still sending, that handler process is replaced, and what else it does is finished first. Counts as a failed attempt where a retry policy holds.',
  },
  {
    what: 'stillness in a reply or WebSocket that has begun',
    value: `${written(portico.streamIdleTimeout)}: no limit`,
    setting: '`streamIdleTimeout` in portico.json, or of one function there',
    result: 'Both connections are cut. The handler stays.',
  },
  {
    what: 'health check',
    value: `every ${health.intervalMs?.default} ms, ${health.timeoutMs?.default} ms each, ${health.failureThreshold?.default} failures in a row`,
    setting: '`healthCheck` in portico.json; without a path nothing is asked',
    result:
      'The process gets no requests until a check succeeds; while none is well, functions get 503 at once. What is under way goes on.',
  },
  {
    what: 'work under way when the host stops, or when a process is replaced',
    value: seconds(DEFAULT_GRACE_MS),
    setting: '`--grace`, `graceMs` of `createHost`',
    result: 'It is cut off with the handler: the caller gets 502, or a broken connection.',
  },
  {
    what: 'from SIGTERM to SIGKILL',
    value: seconds(HANDLER_STOP_MS),
    setting: 'none',
    result: 'SIGKILL goes to the whole process group. A second signal to the host does that at once.',
  },
  {
    what: 'a message of a queue that is worked on',
    value: `${seconds(VISIBILITY_MS)} invisible, renewed half-way`,
    setting: 'none, as on Azure',
    result: 'Once nobody renews it, because the host is gone, it comes again with its dequeue count one higher.',
  },
  {
    what: 'the lock of a timer or of the search for blobs',
    value: `${seconds(LOCK_MS)}, ${seconds(LOCK_MS_IN_DEVELOPMENT)} in Development; renewed half-way`,
    setting: 'none',
    result:
      'Another host goes on. A host that stops gives it back at once; in a local file that of a host that was killed is free at once.',
  },
  {
    what: 'settling what was worked on when the host stops',
    value: seconds(SETTLE_MS),
    setting: 'none',
    result: 'If storage is away for that long, the event comes again.',
  },
  {
    what: 'turn in a queue',
    value: 'no limit of time',
    setting: '`maxConcurrentRequests` and `maxOutstandingRequests`: of the app in host.json, of one function in portico.json',
    result: 'Above `maxOutstandingRequests` the caller gets 429 with `Retry-After`.',
  },
];

export function lifecyclePage(byHand: string): string {
  return `<!-- Generated by scripts/generate-lifecycle.ts from the tables in the code. -->
# The life of the host and of its handler

## The host

${drawing(HOST_TRANSITIONS as Transitions, 'Starting')}

${meanings('state', HOST_STATES)}

${meanings('event', HOST_EVENTS)}

## A handler process

Each process of a handler has a life of its own; \`processes\` in portico.json says how many there are.

${drawing(WORKER_TRANSITIONS as Transitions, 'stopped')}

${meanings('state', WORKER_STATES)}

${meanings('event', WORKER_EVENTS)}

## What bounds each wait

| what | how long | where to change it | and then |
|---|---|---|---|
${LIMITS.map(({ what, value, setting, result }) => `| ${what} | ${value} | ${setting} | ${result} |`).join('\n')}

${BY_HAND}
${byHand}`;
}

/** https://mermaid.js.org/syntax/stateDiagram.html */
function drawing(transitions: Transitions, first: string): string {
  const arrows = Object.entries(transitions).flatMap(([from, events]) =>
    // A state that leads to itself is no news in a drawing.
    [
      ...Map.groupBy(
        Object.entries(events).filter(([, to]) => to !== from),
        ([, to]) => to,
      ),
    ].map(([to, alike]) => `  ${from} --> ${to}: ${alike.map(([event]) => event).join(', ')}`),
  );
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${first}`, ...arrows, '```'].join('\n');
}

function meanings(kind: string, texts: Readonly<Record<string, string>>): string {
  return [`| ${kind} | meaning |`, '|---|---|', ...Object.entries(texts).map(([name, text]) => `| ${name} | ${text} |`)].join('\n');
}

export function currentPage(): { written: string; generated: string } {
  const page = existsSync(LIFECYCLE_PAGE) ? readFileSync(LIFECYCLE_PAGE, 'utf8') : '';
  const [, byHand = ''] = page.split(`${BY_HAND}\n`);
  return { written: page, generated: lifecyclePage(byHand) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(LIFECYCLE_PAGE, currentPage().generated);
