import { describe, expect, test } from 'vitest';
import { parseJson } from './json-document.ts';
import { overridesIn, withValues } from './overrides.ts';

const FILE = '{ "functions": ["One", "Two"], "extensions": { "http": { "routePrefix": "file" } }, "scalar": 1 }';

function overridden(environment: Record<string, string>, text = FILE) {
  const { document } = parseJson(text, 'host.json');
  return withValues(document!, overridesIn(environment));
}

describe('overridesIn', () => {
  test('takes "__" and ":", and ignores the case of the prefix', () => {
    expect(
      overridesIn({ azurefunctionsjobhost__a__b: '1', 'AzureFunctionsJobHost:c': '2', Other__d: '3', AzureFunctionsJobHost: '4' }),
    ).toMatchObject([
      { path: ['a', 'b'], value: '1' },
      { path: ['c'], value: '2' },
    ]);
  });

  test('puts list items in the order of their numbers', () => {
    const variables = { AzureFunctionsJobHost__x__10: 'c', AzureFunctionsJobHost__x__9: 'b', AzureFunctionsJobHost__x__0__route: 'a' };
    expect(overridesIn(variables).map(({ value }) => value)).toEqual(['a', 'b', 'c']);
  });

  test('reads a list of arguments from one variable', () => {
    expect(overridesIn({ AzureFunctionsJobHost__customHandler__description__arguments: '["a","b"]' })).toMatchObject([
      { value: ['a', 'b'] },
    ]);
  });
});

describe('withValues', () => {
  test('replaces a value, names ignoring case', () => {
    expect(overridden({ AzureFunctionsJobHost__EXTENSIONS__Http__routeprefix: 'env' }).document.value).toMatchObject({
      extensions: { http: { routePrefix: 'env' } },
    });
  });

  test('merges lists by index; an index beyond the end appends', () => {
    const { document, ignored } = overridden({ AzureFunctionsJobHost__functions__0: 'Three', AzureFunctionsJobHost__functions__7: 'Four' });
    expect(document.value).toMatchObject({ functions: ['Three', 'Two', 'Four'] });
    expect(ignored).toEqual([]);
  });

  test('makes what is not there', () => {
    const made = overridden({
      AzureFunctionsJobHost__a__b: 'x',
      AzureFunctionsJobHost__list__1__c: 'y',
      AzureFunctionsJobHost__scalar__d: 'z',
    });
    expect(made.document.value).toMatchObject({ a: { b: 'x' }, list: [{ c: 'y' }], scalar: { d: 'z' } });
  });

  test('gives back a text for a whole section or list, and leaves these alone', () => {
    const { document, ignored } = overridden({
      AzureFunctionsJobHost__functions: 'Three',
      AzureFunctionsJobHost__extensions: 'x',
      AzureFunctionsJobHost__functions__a: 'b',
    });
    expect(document.value).toEqual(JSON.parse(FILE));
    expect(ignored).toHaveLength(3);
  });

  test('replaces arguments as a whole, unless the text is no list', () => {
    const file = '{ "customHandler": { "description": { "arguments": ["file"] } } }';
    const replaced = overridden({ AzureFunctionsJobHost__customHandler__description__arguments: '["env", "1"]' }, file);
    expect(replaced.document.value).toEqual({ customHandler: { description: { arguments: ['env', '1'] } } });
    const kept = overridden({ AzureFunctionsJobHost__customHandler__description__arguments: 'env' }, file);
    expect(kept.document.value).toEqual(JSON.parse(file));
    expect(kept.ignored).toHaveLength(1);
  });

  test('names the variable as the place of what it brought, and the file for the rest', () => {
    const { document } = overridden({ AzureFunctionsJobHost__functions__0: 'Three', AzureFunctionsJobHost__new__a: '1' });
    expect(document.place(['functions', 0])).toEqual({ file: 'AzureFunctionsJobHost__functions__0' });
    expect(document.place(['new', 'a'])).toEqual({ file: 'AzureFunctionsJobHost__new__a' });
    expect(document.place(['new'], 'name')).toEqual({ file: 'AzureFunctionsJobHost__new__a' });
    expect(document.place(['functions', 1])).toMatchObject({ file: 'host.json', line: 1 });
    expect(document.place(['functions'])).toMatchObject({ file: 'host.json', line: 1 });
  });

  test('fills in only what is absent when asked to', () => {
    const { document } = parseJson(FILE, 'host.json');
    const place = { file: 'profile' };
    const defaults = [
      { place, path: ['extensions', 'http', 'routePrefix'], value: '' },
      { place, path: ['scalar', 'deeper'], value: 1 },
      { place, path: ['routes', '0', 'route'], value: '{*route}' },
    ];
    const filled = withValues(document!, defaults, 'absent').document;
    expect(filled.value).toEqual({ ...JSON.parse(FILE), routes: [{ route: '{*route}' }] });
  });
});
