import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveSettings, settingLookup } from './setting-names.ts';

type Row = { text: string; resolved?: string; error?: string };
const rows: Row[] = JSON.parse(readFileSync(new URL('../../../../../test/golden/name-resolution.json', import.meta.url), 'utf8'));
// The table was made with settings whose names do not ignore case.
const settings = new Map(Object.entries({ one: '1', 'two-words': 'a b', empty: '', nest: '%one%', 'A:B': 'colon', a__b: 'under' }));
const place = { binding: 'msg', property: 'queueName' };

function resolve(text: string) {
  const resolved = resolveSettings(text, place, { get: (name) => settings.get(name), names: settings.keys() });
  return 'text' in resolved ? { text: resolved.text } : resolved.problem;
}

describe('resolveSettings', () => {
  test.each(rows)('makes of "$text" what WebJobs makes of it', ({ text, resolved, error }) => {
    expect(resolve(text)).toMatchObject(error === undefined ? { text: resolved } : { azureMessage: error });
  });

  test('does not search a value for names', () => {
    expect(resolve('%nest%')).toEqual({ text: '%one%' });
  });

  test('names the binding, the property, the setting and the one that was meant', () => {
    const problem = resolve('%two_words%');
    expect(problem).toHaveProperty('message', '"queueName" of the binding "msg" names the app setting "two_words", which does not exist.');
    expect(problem).toHaveProperty('hint', 'Did you mean %two-words%?');
  });

  test.each([
    [{}, 'a Key Vault reference that nothing resolves outside of Azure'],
    [{ WEBSITE_INSTANCE_ID: 'x' }, 'a Key Vault reference that the platform did not resolve'],
  ])('does not put in a reference to a Key Vault', (more, why) => {
    const lookup = settingLookup({ Queue: '@Microsoft.KeyVault(VaultName=v;SecretName=s)', ...more });
    expect(resolveSettings('a-%queue%', place, lookup)).toMatchObject({
      problem: {
        code: 'SETTING_UNRESOLVED',
        severity: 'error',
        message: `"queueName" of the binding "msg" names the app setting "queue", which is ${why}.`,
      },
    });
  });

  test('leaves a text without a percent sign as it is', () => {
    fc.assert(
      fc.property(fc.string(), (any) => {
        const text = any.replaceAll('%', '');
        expect(resolve(text)).toEqual({ text });
      }),
    );
  });

  test('undoes the naming of any part', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, value, after) => {
        const text = `${before.replaceAll('%', '')}%it%${after.replaceAll('%', '')}`;
        const get = (name: string) => (name === 'it' ? value : undefined);
        expect(resolveSettings(text, place, { get, names: [] })).toEqual({ text: text.replace('%it%', () => value) });
      }),
    );
  });
});

test.each(['Storage__Queue', 'storage:queue', 'STORAGE:QUEUE'])('a setting is found as %s', (name) => {
  expect(settingLookup({ Storage__Queue: 'orders' }).get(name)).toBe('orders');
});
