import { describe, expect, test } from 'vitest';
import { HostError } from '../core/error.ts';
import type { LogRecord, RequestSummary } from '../core/log.ts';
import type { Problem } from '../core/problem.ts';
import { createConsoleReporter } from './console-reporter.ts';
import { createLogFilter, type LogFilter } from './log-filter.ts';
import { createPalette } from './palette.ts';

const AT_NOON = new Date(2026, 0, 2, 12, 4, 31, 207).getTime();

describe('request lines', () => {
  test.each<[string, Partial<RequestSummary>, string]>([
    ['a success', {}, '12:04:31.211 ✓ 200 GET /api/hello?x=1 4 ms #a1b2'],
    ['a failure', { outcome: 'failed', status: 500, durationMs: 84.4 }, '12:04:31.291 ✗ 500 GET /api/hello?x=1 84 ms #a1b2'],
    [
      'a caller who left',
      { outcome: 'aborted', status: undefined, durationMs: 0.44 },
      '12:04:31.207 ↯ --- GET /api/hello?x=1 0.4 ms #a1b2',
    ],
    [
      'a refusal',
      { outcome: 'refused', status: 404, target: '/favicon.ico', invocationId: undefined, durationMs: 0 },
      '12:04:31.207 – 404 GET /favicon.ico 0 ms',
    ],
    ['a failure of its own making', { status: 500 }, '12:04:31.211 ✗ 500 GET /api/hello?x=1 4 ms #a1b2'],
    ['a refusal that is a failure', { outcome: 'refused', status: 503 }, '12:04:31.211 ✗ 503 GET /api/hello?x=1 4 ms #a1b2'],
    ['commands to the terminal', { target: '/\u001b[2J\u009b' }, '12:04:31.211 ✓ 200 GET /\\x1b[2J\\x9b 4 ms #a1b2'],
  ])('show %s', (_, summary, expected) => {
    const { reporter, lines } = setUp();
    reporter.request(request(summary));
    expect(lines).toEqual([expected]);
  });

  test('are left out when the filter says so', () => {
    const { reporter, lines } = setUp({ shows: (category, level) => category === 'Host.Requests' && level === 'error' });
    reporter.request(request({}));
    reporter.request(request({ outcome: 'failed' }));
    reporter.request(request({ status: 500 }));
    expect(lines).toHaveLength(2);
  });

  test.each([
    ['GET', '/runtime/health/ready', 200, false],
    ['GET', '/runtime/health/ready', 503, false],
    ['HEAD', '/runtime/health', 200, false],
    ['GET', '/admin/host/status', 503, true],
    ['GET', '/admin/host/status?expand=true', 200, false],
    ['POST', '/admin/functions/tick', 202, true],
    ['GET', '/administrator', 200, true],
  ])('of %s %s with %i are shown to who looks at everything, and to others: %s', (method, target, status, expected) => {
    const { reporter, lines } = setUp({ shows: createLogFilter({ chosen: {}, ofApp: () => ({}), verbosity: 'normal' }) });
    reporter.request(request({ method, target, status }));
    expect(lines.length > 0).toBe(expected);
    const verbose = setUp({ shows: createLogFilter({ chosen: { 'Host.Requests': 'debug' }, ofApp: () => ({}), verbosity: 'normal' }) });
    verbose.reporter.request(request({ method, target, status }));
    expect(verbose.lines).toHaveLength(1);
  });

  test('are cut where nobody reads on', () => {
    const { reporter, lines } = setUp();
    reporter.request(request({ target: `/${'a'.repeat(8000)}` }));
    expect(lines[0]).toMatch(/ \/a{299}… and 7701 more /);
  });

  test('are coloured by outcome', () => {
    const { reporter, lines } = setUp({ colour: true });
    reporter.request(request({}));
    expect(lines).toEqual([
      '\u001b[2m12:04:31.211\u001b[0m \u001b[32m✓\u001b[0m 200 GET /api/hello?x=1 \u001b[2m4 ms\u001b[0m\u001b[2m #a1b2\u001b[0m',
    ]);
  });
});

describe('log lines', () => {
  test.each<[string, Partial<LogRecord>, string[]]>([
    ['what the handler prints, indented', {}, ['12:04:31.207   │ cache miss']],
    ['its errors', { level: 'error' }, ['12:04:31.207   ✗ cache miss']],
    [
      'a user log with function and invocation',
      { category: 'Function.Hello.User', functionName: 'Hello', invocationId: 'a1b2c3d4', fields: { ms: 3, unknown: undefined } },
      ['12:04:31.207   │ cache miss  ms=3 Hello #a1b2'],
    ],
    [
      'a warning of the host with its hint',
      { category: 'Host.Startup', level: 'warning', message: 'It is late.', hint: 'Go home.' },
      ['12:04:31.207 ! It is late.', '               → Go home.'],
    ],
    [
      'the category of what the host mentions in passing',
      { category: 'Host.Startup', level: 'debug' },
      ['12:04:31.207 · cache miss  (Host.Startup)'],
    ],
    ['several lines, aligned', { message: 'Error: no\n  at here' }, ['12:04:31.207   │ Error: no', '                   at here']],
  ])('show %s', (_, record, expected) => {
    const { reporter, lines } = setUp();
    reporter.log({ level: 'information', category: 'Host.Function.Console', message: 'cache miss', ...record });
    expect(lines).toEqual([expected.join('\n')]);
  });

  test('are coloured by level on every line', () => {
    const { reporter, lines } = setUp({ colour: true });
    reporter.log({ level: 'error', category: 'Host.Function.Console', message: 'one\ntwo' });
    expect(lines).toEqual([
      '\u001b[2m12:04:31.207\u001b[0m   \u001b[31m✗\u001b[0m \u001b[31mone\u001b[0m\n\u001b[31m                 two\u001b[0m',
    ]);
  });
});

describe('the banner', () => {
  const broken: Problem = { code: 'X', severity: 'error', message: 'Bad type.', file: 'broken/function.json', line: 3, column: 5 };
  const late: Problem = { code: 'Y', severity: 'warning', message: 'Unknown key.', hint: 'Did you mean "version"?', file: 'host.json' };
  const run = {
    version: '1.2.3',
    processId: 1,
    root: '/app',
    watching: false,
    url: 'http://127.0.0.1:7071',
    functions: [
      {
        name: 'hello',
        type: 'httpTrigger',
        methods: ['get', 'post'],
        authLevel: 'function' as const,
        url: 'http://127.0.0.1:7071/api/hello',
        source: undefined,
        disabled: false,
        problem: undefined,
      },
      {
        name: 'everything',
        type: 'httpTrigger',
        methods: undefined,
        authLevel: 'admin' as const,
        url: 'http://127.0.0.1:7071/api/{*all}',
        source: undefined,
        disabled: false,
        problem: undefined,
      },
      {
        name: 'old',
        type: 'httpTrigger',
        methods: ['get'],
        authLevel: 'function' as const,
        url: 'http://127.0.0.1:7071/api/old',
        source: undefined,
        disabled: true,
        problem: undefined,
      },
      event('tick', 'timerTrigger', '0 */5 * * * *'),
      {
        name: 'broken',
        type: '',
        methods: undefined,
        authLevel: undefined,
        url: undefined,
        source: undefined,
        disabled: false,
        problem: broken,
      },
    ],
    problems: [broken, late],
  };

  test('shows the app, every function with methods and address or the reason why not, and all other problems', () => {
    const { reporter, lines } = setUp();
    reporter.listening(run);
    expect(`\n${lines.join('\n')}`).toBe(`
portico 1.2.3  /app

  hello       GET POST  http://127.0.0.1:7071/api/hello
  everything  *         http://127.0.0.1:7071/api/{*all}
  old         disabled
  tick        timerTrigger  0 */5 * * * *  portico invoke tick
  broken      ✗ broken/function.json:3:5: Bad type.

  ! host.json: Unknown key. Did you mean "version"?
`);
  });

  test('shows what each function that no request calls waits for, and the command that runs it by hand', () => {
    const { reporter, lines } = setUp();
    const functions = [
      ...run.functions.slice(0, 1),
      event('tick', 'timerTrigger', '0 */5 * * * *'),
      event('orderHasBeenPaid', 'queueTrigger', 'orders'),
      event('long', 'blobTrigger', 'a-container/with/a/path/that/is/longer/than/most/{name}'),
      { ...event('off', 'queueTrigger', 'orders'), disabled: true },
      event('manual', 'manualTrigger', undefined),
    ];
    reporter.listening({ ...run, url: 'http://127.0.0.1:8080', functions, problems: [] });
    expect(`\n${lines.join('\n')}`).toBe(`
portico 1.2.3  /app

  hello             GET POST  http://127.0.0.1:7071/api/hello
  tick              timerTrigger   0 */5 * * * *  portico invoke tick --port 8080
  orderHasBeenPaid  queueTrigger   orders         portico invoke orderHasBeenPaid --port 8080
  long              blobTrigger    a-container/with/a/path/that/is/longer/than/most/{name}  portico invoke long --port 8080
  off               queueTrigger   disabled       portico invoke off --port 8080
  manual            manualTrigger                 portico invoke manual --port 8080
`);
  });

  test('dims what is there to be copied', () => {
    const { reporter, lines } = setUp({ colour: true });
    reporter.listening({ ...run, url: 'https://127.0.0.1:7071', functions: [event('tick', 'timerTrigger', '1.00:00:00')], problems: [] });
    expect(lines[0]).toContain('  tick  timerTrigger  1.00:00:00  \u001b[2mportico invoke tick --url https://127.0.0.1:7071\u001b[0m\n');
  });

  test('says so when there are no functions', () => {
    const { reporter, lines } = setUp();
    reporter.listening({ ...run, functions: [], problems: [] });
    expect(lines).toEqual(['portico 1.2.3  /app\n\n  no functions\n']);
  });

  test('shows every method as one star', () => {
    const methods = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options', 'trace', 'connect'];
    const { reporter, lines } = setUp();
    reporter.listening({ ...run, functions: [{ ...run.functions[0], methods }] as typeof run.functions, problems: [] });
    expect(lines).toEqual(['portico 1.2.3  /app\n\n  hello  *  http://127.0.0.1:7071/api/hello\n']);
  });

  test('says below the functions what is open to other machines, and whom to trust', () => {
    const { reporter, lines } = setUp();
    const openUrls = ['https://192.0.2.7:7071', 'https://198.51.100.7:7071'];
    reporter.listening({ ...run, openUrls, authorityFile: '/state/authority.crt', problems: [late] });
    expect(lines[0]).toContain(`
  broken      ✗ broken/function.json:3:5: Bad type.

  ! open to other machines at https://192.0.2.7:7071, https://198.51.100.7:7071, without keys: the admin API, hello, everything and tick
  https vouched for by /state/authority.crt: trust it once, or give it to curl --cacert

  ! host.json: Unknown key.`);
  });

  test('says that every request is one user’s', () => {
    const { reporter, lines } = setUp();
    reporter.listening({ ...run, user: 'jane', problems: [] });
    expect(lines[0]).toContain('\n  every request is that of the user jane (--as)\n');
  });

  test('says with which certificate every request comes', () => {
    const { reporter, lines } = setUp();
    reporter.listening({ ...run, clientCertificate: 'O=Example, CN=jane', problems: [] });
    expect(lines[0]).toContain('\n  every request comes with the certificate O=Example, CN=jane (--client-cert)\n');
  });

  describe('where callers are asked for keys', () => {
    const place = '.portico/keys.json';
    const open = { ...run.functions[0], name: 'open', authLevel: 'anonymous', url: 'http://127.0.0.1:7071/api/open' };
    const functions = [...run.functions.slice(0, 3), open] as typeof run.functions;

    test('says where they are kept', () => {
      const { reporter, lines } = setUp();
      reporter.listening({ ...run, functions, problems: [], keys: { place } });
      expect(`\n${lines.join('\n')}`).toBe(`
portico 1.2.3  /app

  hello       GET POST  http://127.0.0.1:7071/api/hello
  everything  *         http://127.0.0.1:7071/api/{*all}
  old         disabled
  open        GET POST  http://127.0.0.1:7071/api/open

  callers are asked for keys, which are kept in .portico/keys.json
`);
    });

    test('shows URLs with the key in them to whom it may show keys, and to what opens the rest where that is', () => {
      const { reporter, lines } = setUp();
      reporter.listening({ ...run, functions, problems: [], keys: { place, codes: new Map([['hello', 'a+b/c&d==']]) } });
      expect(`\n${lines.join('\n')}`).toBe(`
portico 1.2.3  /app

  hello       GET POST  http://127.0.0.1:7071/api/hello?code=a%2Bb%2Fc%26d%3D%3D
  everything  *         http://127.0.0.1:7071/api/{*all}  with a key: portico keys list master --show
  old         disabled
  open        GET POST  http://127.0.0.1:7071/api/open

  callers are asked for keys, which are kept in .portico/keys.json
`);
    });

    test('says in one line why it shows none', () => {
      const { reporter, lines } = setUp();
      reporter.listening({ ...run, functions, problems: [], keys: { place, trouble: 'The file cannot be read.' } });
      expect(lines[0]).toContain('  hello       GET POST  http://127.0.0.1:7071/api/hello\n');
      expect(lines[0]).toMatch(/keys\.json\n {2}! the keys cannot be shown: The file cannot be read\.\n$/);
    });

    test('names the addresses that other machines reach, without calling them open', () => {
      const { reporter, lines } = setUp();
      reporter.listening({ ...run, openUrls: ['http://192.0.2.7:7071'], problems: [], keys: { place } });
      expect(lines[0]).toContain(`
  other machines reach it at http://192.0.2.7:7071
  callers are asked for keys, which are kept in .portico/keys.json
`);
      expect(lines[0]).not.toContain('open to');
      const quiet = setUp({ quiet: true });
      quiet.reporter.listening({ ...run, openUrls: ['http://192.0.2.7:7071'], problems: [], keys: { place } });
      expect(quiet.lines).toEqual([]);
    });
  });

  test.each([
    [0, 'the admin API'],
    [1, 'the admin API and f0'],
    [12, 'the admin API, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 and 2 more'],
  ])('names some of %d functions that are open, in quiet too', (count, expected) => {
    const { reporter, lines } = setUp({ quiet: true });
    const functions = Array.from({ length: count }, (_, index) => ({ ...run.functions[0], name: `f${index}` })) as typeof run.functions;
    reporter.listening({ ...run, functions, openUrls: ['http://192.0.2.7:7071'], problems: [] });
    expect(lines).toEqual([`! open to other machines at http://192.0.2.7:7071, without keys: ${expected}`]);
  });

  test('says that sources are watched', () => {
    const { reporter, lines } = setUp();
    reporter.listening({ ...run, watching: true });
    expect(lines.join('\n')).toContain('  a change of the sources reloads the handler');
  });

  test('is reduced to the problems by --quiet', () => {
    const { reporter, lines } = setUp({ quiet: true });
    reporter.listening(run);
    reporter.ready({ handlers: [], phases: { config: 1, listen: 1, handler: 1 }, totalMs: 3 });
    reporter.stopping('SIGINT');
    expect(lines).toEqual(['✗ broken/function.json:3:5: Bad type.', '! host.json: Unknown key. Did you mean "version"?']);
  });

  test.each([
    [{ pid: 4711, port: 43121 }, '  handler pid 4711, port 43121\n'],
    [{ pid: undefined, port: 43121 }, '  handler attached, port 43121\n'],
  ])('ends with the handler and how long what took', (handler, expected) => {
    const { reporter, lines } = setUp();
    reporter.ready({ handlers: [handler], phases: { config: 6.2, listen: 3.3, handler: 60.9 }, totalMs: 70.4 });
    expect(lines).toEqual([`${expected}  ready in 70 ms: config 6, listen 3, handler 61\n`]);
  });

  test.each([
    [
      { state: 'Running', error: new HostError('X', 'worker', { message: 'It ended with code 1.' }) },
      '  ✗ not ready: the handler did not start, as said above. Functions answer 503 until that is mended.\n',
    ],
    [
      { state: 'Error', error: undefined },
      '  ✗ not ready: host.json cannot be used, as said above. Functions answer 503 until that is mended.\n',
    ],
    [{ state: 'Offline', error: undefined }, '  ! not ready: every request is answered with app_offline.htm until that file is gone.\n'],
  ] as const)('or with the reason why it is not ready', (reason, expected) => {
    const { reporter, lines } = setUp();
    reporter.notReady(reason);
    expect(lines).toEqual([expected]);
  });
});

test('lost lines are counted in a line of their own', () => {
  expect(setUp().reporter.describeLoss(1234)).toBe('… 1234 lines dropped: whatever reads this output is too slow');
});

function setUp({ shows = () => true, colour = false, quiet = false }: { shows?: LogFilter; colour?: boolean; quiet?: boolean } = {}) {
  const lines: string[] = [];
  const writeLine = (line: string) => lines.push(line);
  return { lines, reporter: createConsoleReporter({ writeLine, nowMs: () => AT_NOON, shows, palette: createPalette(colour), quiet }) };
}

function event(name: string, type: string, source: string | undefined) {
  return { name, type, methods: undefined, authLevel: undefined, url: undefined, source, disabled: false, problem: undefined };
}

function request(summary: Partial<RequestSummary>): RequestSummary {
  return {
    startedAtMs: AT_NOON,
    durationMs: 4,
    method: 'GET',
    target: '/api/hello?x=1',
    status: 200,
    outcome: 'succeeded',
    functionName: 'hello',
    invocationId: 'a1b2c3d4-0000-4000-8000-000000000000',
    ...summary,
  };
}
