import { describe, expect, test } from 'vitest';
import { readLevel, readOutputLine } from './log-lines.ts';

const CONSOLE = 'Host.Function.Console';
const read = (stream: 'stdout' | 'stderr', text: string, errorsOnly = true) => readOutputLine({ stream, text }, errorsOnly, 'id');

describe('plain lines', () => {
  test.each([
    ['stdout', true, 'plain', 'information'],
    ['stdout', true, 'Error: on standard output', 'information'],
    ['stdout', true, '', 'information'],
    ['stderr', true, 'an error line', 'error'],
    ['stderr', true, 'listening', 'error'],
    ['stderr', true, 'a Warning line', 'warning'],
    ['stderr', false, 'listening', 'information'],
    ['stderr', false, 'a Warning of an error', 'warning'],
    ['stderr', false, 'it FAILed', 'error'],
    ['stderr', false, 'severe', 'error'],
    ['stderr', false, 'Unhandled Exception: x', 'error'],
  ] as const)('on %s, errors only %s: "%s" is %s', (stream, errorsOnly, text, level) => {
    expect(read(stream, text, errorsOnly)).toEqual({ level, category: CONSOLE, message: text });
  });

  test('are not masked', () => {
    expect(read('stdout', 'AccountKey=abc;').message).toBe('AccountKey=abc;');
  });

  test('belong to the system when they begin with its prefix, which goes wherever it stands', () => {
    expect(read('stdout', 'LanguageWorkerConsoleLog system')).toEqual({
      level: 'information',
      category: 'Worker.HttpWorkerProcess.id',
      message: ' system',
    });
    expect(read('stdout', 'languageworkerconsolelog[LanguageWorkerConsoleLog]').message).toBe('[]');
    expect(read('stdout', 'not LanguageWorkerConsoleLog').category).toBe(CONSOLE);
  });

  test('belong to tools when they begin with their prefix, which stays', () => {
    const text = 'azfuncjsonlog:{"level":"error","msg":"x"}';
    expect(read('stdout', text)).toEqual({ level: 'information', category: 'Host.Function.ToolingConsoleLog', message: text });
  });
});

describe('JSON lines', () => {
  test.each([
    [
      'slog',
      '{"time":"2026-01-01T00:00:00Z","level":"WARN","msg":"low","disk":"a"}',
      'warning',
      'low',
      { time: '2026-01-01T00:00:00Z', disk: 'a' },
    ],
    ['zap', '{"level":"error","ts":1.5,"caller":"a.go:1","msg":"lost"}', 'error', 'lost', { ts: 1.5, caller: 'a.go:1' }],
    ['pino', '{"level":50,"pid":7,"msg":"lost","err":{"type":"E"}}', 'error', 'lost', { pid: 7, err: '{"type":"E"}' }],
    ['logrus', '{"level":"fatal","msg":"over"}', 'critical', 'over', undefined],
    ['winston', '{"message":"hello","level":"info"}', 'information', 'hello', undefined],
    ['structlog', '{"event":"hello","level":"debug","ok":true}', 'debug', 'hello', { ok: true }],
    ['tracing', '{"level":"INFO","fields":{"message":"hello","id":1},"target":"app"}', 'information', 'hello', { id: 1, target: 'app' }],
    ['Serilog', '{"@t":"x","@m":"hello","@l":"Warning"}', 'warning', 'hello', { '@t': 'x' }],
    ['python-json-logger', '{"levelname":"CRITICAL","message":"over"}', 'critical', 'over', undefined],
    ['.NET', '{"LogLevel":"Information","Category":"App","Message":"hello","State":null}', 'information', 'hello', { Category: 'App' }],
    ['Google Cloud', '{"severity":"NOTICE","message":"hello"}', 'information', 'hello', undefined],
  ] as const)('of %s keep level, message and fields', (_, text, level, message, fields) => {
    expect(read('stderr', text)).toEqual({ level, category: CONSOLE, message, ...(fields && { fields }) });
  });

  test('name the invocation that they belong to', () => {
    expect(read('stdout', '{"level":"info","msg":"x","invocationId":"abc"}')).toMatchObject({ invocationId: 'abc' });
    expect(read('stdout', '{"level":"info","msg":"x","traceparent":"00-1-2-01"}')).toMatchObject({ fields: { traceparent: '00-1-2-01' } });
  });

  test.each([
    ['no level', '{"msg":"x"}'],
    ['no message', '{"level":"info"}'],
    ['a level that nobody knows', '{"level":"loud","msg":"x"}'],
    ['a level on another scale', '{"level":3,"msg":"x"}'],
    ['a message that is no text', '{"level":"info","msg":{}}'],
    ['a broken end', '{"level":"info","msg":"x"'],
    ['an array', '[{"level":"info","msg":"x"}]'],
  ])('with %s stay as they are', (_, text) => {
    expect(read('stderr', text)).toEqual({ level: 'error', category: CONSOLE, message: text });
  });
});

describe('level', () => {
  test.each([
    ['TRACE', 'trace'],
    ['DEBUG-4', 'debug'],
    ['INFO+2', 'information'],
    ['wrn', 'warning'],
    ['err', 'error'],
    ['panic', 'critical'],
    [10, 'trace'],
    [20, 'debug'],
    [30, 'information'],
    [35, 'information'],
    [40, 'warning'],
    [50, 'error'],
    [60, 'critical'],
    [undefined, undefined],
  ] as const)('%j is %s', (value, level) => {
    expect(readLevel(value)).toBe(level);
  });
});
