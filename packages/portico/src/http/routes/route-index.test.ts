import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePath } from './decode-path.ts';
import { foldCase } from './fold-case.ts';
import { matchMixedSegment } from './mixed-segment.ts';
import { createRouteIndex, searchRoutes } from './route-index.ts';
import { createRouteTable, type RouteEntry } from './route-table.ts';
import { parseRouteTemplate, type RouteTemplate } from './template.ts';

function parsed(text: string): RouteTemplate {
  const template = parseRouteTemplate(text);
  if (template.kind === 'fault') throw new Error(template.message);
  return template;
}

type Values = Record<string, string | null>;

/** What a template means, said as plainly as possible: segment by segment, without an index. */
function readValues({ segments, parameters }: RouteTemplate, path: string): Values | undefined {
  const all = decodePath(path).slice(1).split('/');
  const given = all.at(-1) === '' ? all.slice(0, -1) : all;
  const values: Values = Object.fromEntries(parameters.map(({ name }) => [name, null]));
  for (const [index, parts] of segments.entries()) {
    const [part] = parts;
    const text = given[index];
    if (text === '') return undefined;
    if (text === undefined) {
      if (parts.length > 1 || part?.kind !== 'parameter') return undefined;
      if (!part.optional && !part.catchAll && part.fallback === undefined) return undefined;
      values[part.name] = part.fallback ?? null;
    } else if (parts.length > 1) {
      const found = matchMixedSegment(parts, text, foldCase(text));
      if (found === undefined) return undefined;
      Object.assign(values, Object.fromEntries(found));
    } else if (part?.kind === 'literal') {
      if (foldCase(text) !== part.folded) return undefined;
    } else if (part !== undefined) {
      values[part.name] = part.catchAll ? all.slice(index).join('/') : text;
    }
  }
  if (given.length > segments.length && !parameters.at(-1)?.catchAll) return undefined;
  const accepted = parameters.every(({ name, optional, constraints }) => {
    const value = values[name] ?? null;
    return (value === null && optional) || constraints.every((accepts) => accepts(value));
  });
  return accepted ? values : undefined;
}

function tryOneByOne<T>(entries: readonly RouteEntry<T>[], method: string, path: string): { value: T; params: Values } | undefined {
  for (const { template, methods, value } of entries) {
    if (methods && !methods.some((allowed) => allowed.toLowerCase() === method.toLowerCase())) continue;
    const params = readValues(template, path);
    if (params) return { value, params };
  }
  return undefined;
}

const literal = fc.constantFrom('a', 'A', 'b', 'c-d', 'x1', 'x1.y', 'é');
const parameter = fc.constantFrom('{N}', '{N?}', '{N=b}', '{N:int}', '{N:int?}', '{N:alpha=a}');
const mixed = fc.constantFrom('x{N}', '{N}-d', '{N}.{M?}', 'x{N}.{M?}', '{N}-{M}', 'X{N}.y', 'c{N}d', '.{N?}');
const catchAll = fc.constantFrom('{*N}', '{**N:alpha}', '{*N=a/b}');
const template = fc
  .tuple(fc.array(fc.oneof(literal, parameter, mixed), { maxLength: 4 }), fc.option(catchAll, { nil: undefined }))
  .map(([segments, last]) => (last === undefined ? segments : [...segments, last]))
  .map((segments) => segments.map((segment, index) => segment.replace('N', `n${index}`).replace('M', `m${index}`)).join('/'))
  .map(parsed);
const methods = fc.constantFrom(undefined, undefined, ['GET'], ['post', 'GET'], ['POST'], []);
const entries = fc
  .array(fc.record({ template, methods }), { maxLength: 30 })
  .map((routes) => routes.map((route, order): RouteEntry<number> => ({ ...route, value: order })));

const segment = fc.constantFrom(
  'a',
  'A',
  'b',
  'c-d',
  'x1',
  'X1.y',
  'x1.z',
  '5',
  'x',
  '%61',
  'a%2Fb',
  '%C3%89',
  '%C3',
  '',
  'c.d',
  '.png',
  '-',
  '%20',
);
const path = fc.oneof(
  fc.array(segment, { maxLength: 6 }).map((segments) => (segments.length === 0 ? '' : `/${segments.join('/')}`)),
  fc.string({ unit: fc.constantFrom('/', '%', '2', 'f', 'a', '.', '-', '\u0130', '\u{1f600}') }).map((text) => `/${text}`),
);
const request = fc.tuple(fc.constantFrom('GET', 'POST', 'get', 'PATCH'), path);

describe('the index', () => {
  test('finds what trying the routes one by one finds', () => {
    let foundCount = 0;
    fc.assert(
      fc.property(entries, fc.array(request, { minLength: 20, maxLength: 20 }), (routes, requests) => {
        const table = createRouteTable(routes);
        for (const [method, target] of requests) {
          const expected = tryOneByOne(routes, method, target);
          expect(table.match(method, target)).toEqual(expected);
          if (expected) foundCount++;
        }
      }),
      { numRuns: 300 },
    );
    expect(foundCount).toBeGreaterThan(1000);
  });

  test('asks a single one of ten thousand routes', () => {
    const shapes = ['f{i}', 'orders{i}/{id}', '{a}/x{i}', 'item{i}-{id}', '{id}-item{i}', 'files{i}/{*rest}', 'deep/{a?}/y{i}/{b=1}'];
    const paths = ['/f{i}', '/orders{i}/7', '/q/x{i}', '/item{i}-7', '/7-item{i}', '/files{i}/a/b', '/deep/q/y{i}'];
    const numbered = (texts: readonly string[], i: number) => texts[i % texts.length]!.replaceAll('{i}', String(i));
    const routes = Array.from({ length: 10_000 }, (_, order) => ({ order, template: parsed(numbered(shapes, order)) }));
    const index = createRouteIndex(routes);
    for (const { order } of routes) {
      const asked: number[] = [];
      searchRoutes(index, {
        folded: numbered(paths, order),
        accepts: (route) => asked.push(route.order) > 0,
        bestOrder: Number.POSITIVE_INFINITY,
      });
      expect(asked).toEqual([order]);
    }
  });
});
