// Every row of test/golden/route-templates.json, which ASP.NET Core's own routing has answered. Its `precedence` column is
// not used: functions are never ranked by it, the first one in order wins (route-table.test.ts).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRouteTable } from './route-table.ts';
import { parseRouteTemplate } from './template.ts';

type GoldenRow = { template: string; error?: string; matches?: Record<string, Record<string, string | null>> };
const golden: { paths: string[]; templates: GoldenRow[] } = JSON.parse(
  readFileSync(new URL('../../../../../test/golden/route-templates.json', import.meta.url), 'utf8'),
);

/** The table holds decoded paths; on the wire a percent sign that is meant as one is encoded itself. */
const asSent = (path: string): string => encodeURI(path);

describe('a route template that ASP.NET refuses', () => {
  const refused = golden.templates.filter(({ error }) => error !== undefined);

  test.each(refused)('$template is refused, with the same message', ({ template, error }) => {
    expect(parseRouteTemplate(template)).toMatchObject({ kind: 'fault', azureMessage: expect.stringContaining(error!) });
  });

  test('comes with a message and a hint of our own', () => {
    for (const { template } of refused) {
      const fault = parseRouteTemplate(template);
      if (fault.kind !== 'fault') throw new Error(`${template} was accepted`);
      expect(fault.message).toMatch(/^The route ".*" (has|goes on|begins) .* \(character \d+\)\.$/);
      expect(fault.hint).toMatch(/\.$/);
    }
  });
});

describe('a route template that ASP.NET accepts', () => {
  const accepted = golden.templates.filter(({ error }) => error === undefined);

  test.each(accepted)('$template gives the same values for the same paths', ({ template: text, matches }) => {
    const template = parseRouteTemplate(text);
    if (template.kind === 'fault') throw new Error(template.message);
    const table = createRouteTable([{ template, methods: undefined, value: text }]);
    const found = golden.paths.flatMap((path) => {
      const match = table.match('GET', asSent(path));
      return match ? [[path, match.params]] : [];
    });

    // The host adds null for what the router leaves out: a handler sees every parameter.
    const absent = Object.fromEntries(template.parameters.map(({ name }) => [name, null]));
    const expected = Object.entries(matches ?? {}).map(([path, values]) => [path, { ...absent, ...values }]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });
});
