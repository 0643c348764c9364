import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { hostJson, httpFunction, writeApp } from '../../../../test/support/app-folder.ts';
import type { Option } from '../core/options.ts';
import { FUNCTION_JSON } from './function-options.ts';
import { HOST_JSON } from './host-options.ts';
import { loadFunctionApp } from './load-function-app.ts';

/** JSON of the shape that a table declares, with anything at all for a value now and then. */
function jsonLike(option: Option): fc.Arbitrary<unknown> {
  const { type, table, item } = option;
  const likely: Record<string, fc.Arbitrary<unknown>> = {
    text: fc.constantFrom('x', '{*all}', 'httpTrigger', 'http', 'req', '2.0', '/', '', '%A%'),
    integer: fc.constantFrom(-1, 0, 5, '7', 99_999),
    flag: fc.constantFrom(true, 'False'),
    choice: fc.constantFrom('', ...((option.schema().enum as string[] | undefined) ?? [])),
    timeSpan: fc.constantFrom('00:00:10', '25:00:00', '-1', 5),
    json: fc.array(
      fc.record({
        type: fc.constantFrom('httpTrigger', 'http', 'queue'),
        name: fc.constantFrom('req', 'res'),
        direction: fc.constantFrom('in', 'out', 'x'),
      }),
    ),
  };
  const shaped = table
    ? fc.record(Object.fromEntries(Object.entries(table).map(([name, member]) => [name, jsonLike(member)])), { requiredKeys: [] })
    : item
      ? fc.oneof(fc.array(jsonLike(item), { maxLength: 3 }), fc.dictionary(fc.string(), jsonLike(item), { maxKeys: 3 }))
      : (likely[type] ?? fc.jsonValue());
  return fc.oneof({ weight: 8, arbitrary: shaped }, { weight: 1, arbitrary: fc.jsonValue() });
}

const scrap = fc.oneof(fc.string(), fc.json(), fc.constantFrom('', '[]', '{', '{"a"', 'null', '\ufeff{}'));
const hostText = fc.oneof(
  scrap,
  jsonLike(HOST_JSON).map((value) => JSON.stringify(value) ?? ''),
);
const functionText = fc.oneof(
  scrap,
  jsonLike(FUNCTION_JSON).map((value) => JSON.stringify(value) ?? ''),
);
const environment = fc.dictionary(
  fc
    .constantFrom(
      'functions__0',
      'functions',
      'extensions__http__routePrefix',
      'customHandler__http__routes__3__route',
      '__proto__',
      'constructor__a',
      'a____b',
      '0',
    )
    .map((path) => `AzureFunctionsJobHost__${path}`),
  fc.string(),
);

test('never throws, and has a configuration unless the whole app is in error', () => {
  const root = mkdtempSync(join(tmpdir(), 'portico-app-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const usable = JSON.stringify(hostJson());
  const whole = JSON.stringify(httpFunction());
  fc.assert(
    fc.property(
      fc.oneof(hostText, fc.constant(usable)),
      fc.oneof(functionText, fc.constant(whole)),
      scrap,
      scrap,
      environment,
      (host, fn, local, portico, variables) => {
        writeApp(root, { 'host.json': host, 'Hello/function.json': fn, 'local.settings.json': local, 'portico.json': portico });
        const app = loadFunctionApp({ root, environment: variables });
        const isInError = app.problems.some(({ severity, functionName }) => severity === 'error' && functionName === undefined);
        expect(app.config === undefined).toBe(isInError);
        for (const { file, message } of app.problems) expect([file, message]).not.toContain(undefined);
      },
    ),
    { numRuns: 300 },
  );
});
