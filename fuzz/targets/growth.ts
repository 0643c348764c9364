// Time over size: whatever is read character by character takes longer with more of them, but not out of all proportion.
// Measured is the time that this thread computes, which a busy machine does not change much, and only its growth counts:
// where a linear reader needs a millisecond, one that tries again and again needs seconds.
import fc from 'fast-check';
import { parseNcrontab } from '../../packages/portico/src/bindings/timer/ncrontab.ts';
import { triggerBindingData } from '../../packages/portico/src/core/binding-data.ts';
import { parseCapturePattern } from '../../packages/portico/src/core/expressions/captures.ts';
import { parseTemplate } from '../../packages/portico/src/core/expressions/template.ts';
import { readJson } from '../../packages/portico/src/core/json-reader.ts';
import { parseTimeSpan } from '../../packages/portico/src/core/time-span.ts';
import { passHeaders, STRANGER } from '../../packages/portico/src/http/forwarded-headers.ts';
import { readTarget } from '../../packages/portico/src/http/request-target.ts';
import { createRouteTable } from '../../packages/portico/src/http/routes/route-table.ts';
import { parseRouteTemplate } from '../../packages/portico/src/http/routes/template.ts';
import { parseQuery } from '../../packages/portico/src/worker/payload/query.ts';
import { readReplyHead } from '../../packages/portico/src/worker/reply-head.ts';
import { insist, pureTarget } from '../target.ts';

const PLACE = { binding: 'in', property: 'path' };
const routes = createRouteTable(
  [
    '{a}-{b}-{c}.{d?}',
    '{a:int}/{b:guid}',
    '{a:datetime}',
    '{a:decimal}/{b:double}',
    'x{a}x{b}x{c}x',
    '{a:bool}',
    '{a:file}/{*rest}',
  ].flatMap((text) => {
    const template = parseRouteTemplate(text);
    return template.kind === 'template' ? [{ template, methods: undefined, value: text }] : [];
  }),
);
const captures = parseCapturePattern('{a}-{b}-{c}/{d}.{e}', PLACE);

/** Readers of text that a caller, a handler or a message brings, by name. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  target: (text) => readTarget(`/${text}`),
  'absolute target': (text) => readTarget(`http://${text}`),
  route: (text) => routes.match('GET', `/${text}`),
  query: (text) => parseQuery(text),
  'header names': (text) => passHeaders([text, text], STRANGER),
  connection: (text) => passHeaders(['Connection', text, 'X-A', '1'], STRANGER),
  traceparent: (text) => passHeaders(['traceparent', text], STRANGER),
  'reply head': (text) => readReplyHead(`HTTP/1.1 200 OK\r\n${text}`, 'GET'),
  'reply connection': (text) => readReplyHead(`HTTP/1.1 200 OK\r\nConnection: ${text}`, 'GET'),
  json: (text) => readJson(text),
  'json in careful reading': (text) => readJson(`[1.0,${text}`),
  'message with members': (text) => triggerBindingData([], `{${text}}`),
  'route template': (text) => parseRouteTemplate(text),
  template: (text) => parseTemplate(text, PLACE),
  'capture pattern': (text) => parseCapturePattern(text, PLACE),
  captures: (text) => ('pattern' in captures ? captures.pattern.match(text) : undefined),
  ncrontab: (text) => parseNcrontab(text),
  'time span': (text) => parseTimeSpan(text),
};

const UNITS = [
  'a',
  '0',
  '1.',
  ' ',
  '\t',
  '/',
  '/../',
  '//',
  '%',
  '%2e',
  '%41',
  '-',
  '.',
  ':',
  ',',
  ';',
  '=',
  '&',
  '{',
  '}',
  '{a}',
  '"',
  "'",
  '\\',
  '[',
  '/*',
  '*',
  '+',
  'x',
  '1,',
  '0,',
  '\r\n',
  'A: b\r\n',
  'close,',
  'é',
  '00:',
  'Jan',
  '\\u00',
];
const few = fc.array(fc.constantFrom(...UNITS), { maxLength: 3 }).map((parts) => parts.join(''));
const inputs = fc.record({
  reader: fc.constantFrom(...Object.keys(READERS)),
  before: few,
  /** Repeated. */
  unit: fc.array(fc.constantFrom(...UNITS), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
  after: few,
});

/** More than a caller may send in a head; bodies are longer, but what is quadratic shows here. */
const MOST_CHARACTERS = 30_000;
const STEP = 1.5;
/** Below this, nothing can be said; a linear reader stays far below it. */
const SUSPICIOUS_MS = 30;
const TOO_LONG_MS = 150;

export const growth = pureTarget('growth', 400, inputs, ({ reader, before, unit, after }) => {
  const read = READERS[reader] ?? (() => undefined);
  let earlierMs = 0;
  for (let count = 8; count * unit.length < MOST_CHARACTERS; count = Math.ceil(count * STEP)) {
    const text = before + unit.repeat(count) + after;
    const onceMs = computingMs(() => read(text));
    if (onceMs < SUSPICIOUS_MS) {
      earlierMs = onceMs;
      continue;
    }
    const ms = Math.min(onceMs, ...[1, 2, 3].map(() => computingMs(() => read(text))));
    const detail = (): string => `${count} times ${JSON.stringify(unit)} take ${ms.toFixed()} ms, fewer of them ${earlierMs.toFixed()} ms`;
    insist(
      ms < TOO_LONG_MS && (ms < SUSPICIOUS_MS || ms < earlierMs * STEP ** 3),
      `the time of the reader "${reader}" grows with its text, not with its square`,
      detail,
    );
    earlierMs = ms;
  }
});

function computingMs(work: () => void): number {
  const { user, system } = process.threadCpuUsage();
  work();
  const after = process.threadCpuUsage();
  return (after.user + after.system - user - system) / 1000;
}
