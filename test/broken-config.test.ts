// Every app under test/apps/broken-config-* has something wrong in its files; the problems.txt in it is what a person gets to read.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findAppRoot } from '../packages/portico/src/config/find-app-root.ts';
import { loadFunctionApp } from '../packages/portico/src/config/load-function-app.ts';
import type { FunctionApp } from '../packages/portico/src/core/function-app.ts';
import { formatProblem } from '../packages/portico/src/core/problem.ts';

const APPS = fileURLToPath(new URL('apps/', import.meta.url));

const ENVIRONMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'broken-config-environment': {
    AzureFunctionsJobHost__functions: 'Hello',
    AzureFunctionsJobHost__functionTimeout: '5 minutes',
    AzureFunctionsJobHost__extensions__http__maxConcurrentRequest: '1',
    AzureFunctionsJobHost__customHandler__description__arguments: 'server.js --quiet',
  },
  'broken-config-local-settings': { DEBUG: 'shell' },
};

describe('a broken app', () => {
  const apps = readdirSync(APPS).filter((name) => name.startsWith('broken-config-'));

  test.each(apps)('%s says what a person would want to know', async (name) => {
    const root = join(APPS, name);
    const app = loadFunctionApp({ root, environment: ENVIRONMENTS[name] ?? {} });
    expect(app.problems).not.toEqual([]);
    await expect(report(app).replaceAll(root, '<app>')).toMatchFileSnapshot(join(root, 'problems.txt'));
  });

  test('without host.json is not found from within, and the nearest one is named', () => {
    expect(() => findAppRoot('/')).toThrow('Unable to find project root');
    expect(findAppRoot(join(APPS, 'broken-config-host-json-missing', 'api'))).toMatch(/api$/);
  });
});

function report({ config, functions, problems }: FunctionApp): string {
  const lines = problems.flatMap((problem) => [
    `${problem.severity} ${problem.code}${problem.functionName === undefined ? '' : ` of ${problem.functionName}`}`,
    `  ${formatProblem(problem)}`,
    ...(problem.azureMessage === undefined ? [] : [`  On Azure: ${problem.azureMessage}`]),
    '',
  ]);
  const names = (which: typeof functions) => which.map(({ name }) => name).join(', ') || 'none';
  return [
    ...lines,
    `The app ${config === undefined ? 'is in error' : 'runs'}.`,
    `Functions that run: ${names(config === undefined ? [] : functions.filter(({ errors }) => errors.length === 0))}`,
    `Functions that are listed with an error: ${names(functions.filter(({ errors }) => errors.length > 0))}`,
    '',
  ].join('\n');
}
