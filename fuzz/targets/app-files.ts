// The files of an app, as bytes and as documents that are nearly right: loading never throws, each problem has a place, and what is broken stays alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { FUNCTION_JSON } from '../../packages/portico/src/config/function-options.ts';
import { HOST_JSON } from '../../packages/portico/src/config/host-options.ts';
import { loadFunctionApp } from '../../packages/portico/src/config/load-function-app.ts';
import type { Option } from '../../packages/portico/src/core/options.ts';
import { hostJson, httpFunction, writeApp } from '../../test/support/app-folder.ts';
import { insist, type Target } from '../target.ts';
import { changed, JSON_SIGNS, soup } from '../text.ts';

/** JSON of the shape that a table declares, with anything at all for a value now and then. */
function jsonLike(option: Option): fc.Arbitrary<unknown> {
  const { type, table, item } = option;
  const likely: Record<string, fc.Arbitrary<unknown>> = {
    text: fc.constantFrom('x', '{*all}', 'httpTrigger', 'http', 'req', '2.0', '/', '', '%A%', '0 * * * * *', 'in/{name}'),
    integer: fc.constantFrom(-1, 0, 5, '7', 99_999),
    flag: fc.constantFrom(true, 'False'),
    choice: fc.constantFrom('', ...((option.schema().enum as string[] | undefined) ?? [])),
    timeSpan: fc.constantFrom('00:00:10', '25:00:00', '-1', 5),
    json: fc.array(
      fc.record(
        {
          type: fc.constantFrom(
            'httpTrigger',
            'http',
            'queue',
            'queueTrigger',
            'blobTrigger',
            'blob',
            'table',
            'timerTrigger',
            'warmupTrigger',
          ),
          name: fc.constantFrom('req', 'res', '$return'),
          direction: fc.constantFrom('in', 'out', 'x'),
          route: fc.constantFrom('a/{b}', '{*all}', '{', 'a//b'),
          schedule: fc.constantFrom('0 * * * * *', '%S%', ''),
          path: fc.constantFrom('c/{name}', 'c', '{', '%P%'),
          queueName: fc.constantFrom('q', 'Q!', '%Q%'),
        },
        { requiredKeys: ['type', 'name', 'direction'] },
      ),
    ),
  };
  const shaped = table
    ? fc.record(Object.fromEntries(Object.entries(table).map(([name, member]) => [name, jsonLike(member)])), { requiredKeys: [] })
    : item
      ? fc.oneof(fc.array(jsonLike(item), { maxLength: 3 }), fc.dictionary(fc.string(), jsonLike(item), { maxKeys: 3 }))
      : (likely[type] ?? fc.jsonValue());
  return fc.oneof({ weight: 8, arbitrary: shaped }, { weight: 1, arbitrary: fc.jsonValue() });
}

const FUNCTION = httpFunction(
  { route: 'items/{id:int?}', methods: ['get'] },
  { retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: '00:00:01' } },
);
const LOCAL = { IsEncrypted: false, Values: { A: '1', FUNCTIONS_WORKER_RUNTIME: 'custom' }, Host: { LocalHttpPort: 7071, CORS: '*' } };
const PORTICO = { $schema: 'x', processes: 2, build: 'make', functions: { Hello: {} } };
const SCRAPS = [
  ...JSON_SIGNS,
  '\\',
  'null',
  'true',
  '1e999',
  '-1',
  '"__proto__":{}',
  '"bindings":',
  '"version":',
  '/*',
  '//',
  '\ufeff',
  '\0',
  '\ud800',
  '[['.repeat(500),
  '"a":{"a":'.repeat(300),
];

const written = (value: unknown): string => JSON.stringify(value, null, 2) ?? '';
const textOf = (good: object, like?: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(written(good)) },
    { weight: 3, arbitrary: changed(fc.constant(written(good)), SCRAPS, { unit: 'binary' }) },
    { weight: 3, arbitrary: like?.map(written) ?? fc.jsonValue().map(written) },
    { weight: 1, arbitrary: soup(SCRAPS) },
  );
const variable = fc.constantFrom(
  'functions__0',
  'functions',
  'extensions__http__routePrefix',
  'customHandler__http__routes__3__route',
  '__proto__',
  'constructor__a',
  'a____b',
  '0',
);

const inputs = fc.record({
  /** How each text becomes bytes. */
  encoding: fc.oneof(
    { weight: 8, arbitrary: fc.constant('utf8' as const) },
    { weight: 1, arbitrary: fc.constantFrom('latin1' as const, 'utf16le' as const) },
  ),
  host: textOf(hostJson(), jsonLike(HOST_JSON)),
  fn: textOf(FUNCTION, jsonLike(FUNCTION_JSON)),
  local: textOf(LOCAL),
  portico: textOf(PORTICO),
  environment: fc.dictionary(
    variable.map((path) => `AzureFunctionsJobHost__${path}`),
    fc.string(),
    { maxKeys: 3 },
  ),
});
type Input = typeof inputs extends fc.Arbitrary<infer One> ? One : never;

export const appFiles: Target<Input> = { name: 'app-files', inputs, countInTests: 400, open };

async function open() {
  const root = mkdtempSync(join(tmpdir(), 'portico-fuzz-'));
  return {
    check: (input: Input) => check(root, input),
    [Symbol.asyncDispose]: async () => rmSync(root, { recursive: true, force: true }),
  };
}

function check(root: string, { encoding, host, fn, local, portico, environment }: Input): void {
  writeApp(root, {
    'host.json': Buffer.from(host, encoding),
    'Hello/function.json': Buffer.from(fn, encoding),
    'local.settings.json': Buffer.from(local, encoding),
    'portico.json': Buffer.from(portico, encoding),
    'Good/function.json': httpFunction({ route: 'good-and-alone' }),
  });
  const app = loadFunctionApp({ root, environment });
  const isInError = app.problems.some(({ severity, functionName }) => severity === 'error' && functionName === undefined);
  insist((app.config === undefined) === isInError, 'there is a configuration unless the whole app is in error', () =>
    JSON.stringify(app.problems),
  );
  for (const problem of app.problems) {
    insist(problem.file !== undefined && problem.message !== '', 'a problem names its file', () => JSON.stringify(problem));
    insist((problem.line ?? 1) >= 1 && (problem.column ?? 1) >= 1, 'a problem stands at a line and a column', () =>
      JSON.stringify(problem),
    );
  }
  const good = app.functions.find(({ name }) => name === 'Good');
  insist(good !== undefined && good.errors.length === 0, 'a broken function leaves the others as they are', () =>
    JSON.stringify(good?.errors),
  );
}
