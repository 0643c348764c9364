import { describe, expect, test } from 'vitest';
import { HostError } from '../core/error.ts';
import { EVENTS, type EventName } from './events.ts';
import { createJsonReporter } from './json-reporter.ts';

const NOW = Date.parse('2026-01-02T03:04:05.678Z');
const TIME = '2026-01-02T03:04:05.678Z';

describe('createJsonReporter', () => {
  test('writes one object per event, exactly as declared', () => {
    const { reporter, lines } = setUp();
    const error = new HostError('PORT_IN_USE', 'service', { message: 'Taken.', hint: 'Wait.' });
    reporter.listening({
      version: '1.2.3',
      processId: 1,
      watching: true,
      root: '/app',
      url: 'http://127.0.0.1:7071',
      openUrls: ['http://192.0.2.7:7071'],
      keys: { place: '.portico/keys.json', codes: new Map([['a', 'secret']]), trouble: 'none' },
      user: 'jane',
      clientCertificate: 'CN=jane',
      authorityFile: '/authority.crt',
      functions: [
        {
          name: 'a',
          type: 'httpTrigger',
          methods: undefined,
          authLevel: 'function',
          url: 'http://127.0.0.1:7071/api/a',
          source: undefined,
          disabled: false,
          problem: undefined,
        },
        {
          name: 't',
          type: 'timerTrigger',
          methods: undefined,
          authLevel: undefined,
          url: undefined,
          source: '0 */5 * * * *',
          disabled: false,
          problem: undefined,
        },
        {
          name: 'b',
          type: '',
          methods: undefined,
          authLevel: undefined,
          url: undefined,
          source: undefined,
          disabled: true,
          problem: { code: 'X', severity: 'error', message: 'Bad.', line: 3 },
        },
      ],
      problems: [{ code: 'X', severity: 'error', message: 'Bad.', line: 3, azureMessage: 'bad' }],
    });
    reporter.ready({ handlers: [{ pid: 2, port: 3 }], phases: { config: 1.04, listen: 2, handler: 3 }, totalMs: 6.0400000004 });
    reporter.notReady({ state: 'Running', error });
    reporter.notReady({ state: 'Error', error: undefined });
    reporter.request({
      startedAtMs: NOW - 4,
      durationMs: 4.0400004,
      method: 'GET',
      target: '/api/a?x="',
      status: 200,
      outcome: 'succeeded',
      functionName: 'a',
      invocationId: 'id',
    });
    reporter.request({
      startedAtMs: NOW - 4,
      durationMs: 4,
      method: 'GET',
      target: '/',
      status: undefined,
      outcome: 'aborted',
      functionName: undefined,
      invocationId: undefined,
    });
    reporter.invocation({
      startedAtMs: NOW - 4,
      durationMs: 4,
      functionName: 'a',
      invocationId: 'id',
      reason: 'Timer fired',
      details: { late: true },
      outcome: 'failed',
    });
    reporter.log({
      level: 'warning',
      category: 'Host.Startup',
      message: 'm',
      fields: { a: 1 },
      functionName: 'a',
      invocationId: 'id',
      code: 'X',
      hint: 'h',
    });
    reporter.stopping('SIGINT');
    reporter.failed(error);
    lines.push(reporter.describeLoss(12));

    const events = lines.map((line) => JSON.parse(line));
    expect(events).toEqual([
      {
        event: 'listening',
        time: TIME,
        version: '1.2.3',
        pid: 1,
        root: '/app',
        url: 'http://127.0.0.1:7071',
        openUrls: ['http://192.0.2.7:7071'],
        keys: '.portico/keys.json',
        watching: true,
        user: 'jane',
        clientCertificate: 'CN=jane',
        authorityFile: '/authority.crt',
        functions: [
          { name: 'a', type: 'httpTrigger', authLevel: 'function', url: 'http://127.0.0.1:7071/api/a', disabled: false },
          { name: 't', type: 'timerTrigger', source: '0 */5 * * * *', disabled: false, invoke: 'portico invoke t' },
          { name: 'b', type: '', disabled: true, problem: { code: 'X', message: 'Bad.' } },
        ],
        problems: [{ code: 'X', severity: 'error', message: 'Bad.', line: 3 }],
      },
      {
        event: 'ready',
        time: TIME,
        totalMs: 6,
        phases: { config: 1, listen: 2, handler: 3 },
        handler: { pid: 2, port: 3 },
        handlers: [{ pid: 2, port: 3 }],
      },
      { event: 'notReady', time: TIME, state: 'Running', code: 'PORT_IN_USE', message: 'Taken.', hint: 'Wait.' },
      { event: 'notReady', time: TIME, state: 'Error' },
      {
        event: 'request',
        time: TIME,
        method: 'GET',
        target: '/api/a?x="',
        status: 200,
        outcome: 'succeeded',
        durationMs: 4,
        functionName: 'a',
        invocationId: 'id',
      },
      { event: 'request', time: TIME, method: 'GET', target: '/', outcome: 'aborted', durationMs: 4 },
      {
        event: 'invocation',
        time: TIME,
        functionName: 'a',
        invocationId: 'id',
        reason: 'Timer fired',
        details: { late: true },
        outcome: 'failed',
        durationMs: 4,
      },
      {
        event: 'log',
        time: TIME,
        level: 'warning',
        category: 'Host.Startup',
        message: 'm',
        fields: { a: 1 },
        functionName: 'a',
        invocationId: 'id',
        code: 'X',
        hint: 'h',
      },
      { event: 'stopping', time: TIME, signal: 'SIGINT' },
      { event: 'failed', time: TIME, code: 'PORT_IN_USE', message: 'Taken.', hint: 'Wait.' },
      { event: 'lost', time: TIME, lineCount: 12 },
    ]);
    for (const { event, time: _, ...fields } of events) {
      const declared = EVENTS[event as EventName].fields as Record<string, { optional?: true }>;
      const required = Object.keys(declared).filter((name) => !declared[name]?.optional);
      expect(Object.keys(declared)).toEqual(expect.arrayContaining(Object.keys(fields)));
      expect(Object.keys(fields)).toEqual(expect.arrayContaining(required));
    }
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(Object.keys(EVENTS)));
  });

  test('asks the filter about log records and requests', () => {
    const { reporter, lines } = setUp((_, level) => level === 'error');
    const request = { startedAtMs: NOW, durationMs: 1, method: 'GET', target: '/', status: 200, functionName: 'a', invocationId: 'id' };
    reporter.request({ ...request, outcome: 'succeeded' });
    reporter.request({ ...request, outcome: 'failed' });
    reporter.log({ level: 'warning', category: 'x', message: 'm' });
    reporter.log({ level: 'error', category: 'x', message: 'm' });
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['request', 'log']);
  });
});

function setUp(shows: (category: string, level: string) => boolean = () => true) {
  const lines: string[] = [];
  return { lines, reporter: createJsonReporter({ writeLine: (line) => lines.push(line), nowMs: () => NOW, shows }) };
}
