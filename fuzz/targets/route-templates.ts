// Route templates and the paths they are asked about: read or refused with a place, matched, and filled in again.
import fc from 'fast-check';
import { decodePath } from '../../packages/portico/src/http/routes/decode-path.ts';
import { createRouteTable } from '../../packages/portico/src/http/routes/route-table.ts';
import { parseRouteTemplate } from '../../packages/portico/src/http/routes/template.ts';
import { insist, pureTarget } from '../target.ts';
import { changed, soup } from '../text.ts';

const TEMPLATES = [
  'api/orders/{id:int}/{*rest}',
  'x/{id:int:range(1,5)=3}/{name?}/{**rest:regex(^a=b$)=q:r}',
  '{a}-{b}.{ext?}',
  'pre{a}mid{b}post',
  '{kind:alpha:minlength(2)}/{when:datetime}/{price:decimal}',
  '{id:guid}/{flag:bool}/{file:file}',
  '~/{x=default}/é/{{literal}}',
];
const TEMPLATE_SCRAPS = [
  '{',
  '}',
  '{{',
  '}}',
  '/',
  '*',
  '?',
  ':',
  '=',
  '(',
  ')',
  '.',
  '~',
  '-',
  'a',
  '{b}',
  '{c?}',
  '{*d}',
  'int',
  'regex(',
  'length(2,1)',
  ',',
];
const PATHS = ['/api/orders/7/a/b', '/x/3/n/a=b', '/a-b-c.tar.gz', '/pre1mid2post', '/ab/2024-01-02/1,000.5', '/é/{literal}', '/'];
const PATH_SCRAPS = [
  '/',
  '//',
  '%2F',
  '%2e',
  '%C3%A9',
  '%',
  '-',
  '.',
  'mid',
  'post',
  '5',
  '-5',
  '99999999999999999999',
  'İ',
  'ſ',
  '\0',
  '{',
  'true',
  'a'.repeat(300),
  '2024-13-45',
  '1e999',
];

const template = fc.oneof(
  { weight: 4, arbitrary: changed(fc.constantFrom(...TEMPLATES), TEMPLATE_SCRAPS, { unit: 'binary' }) },
  { weight: 1, arbitrary: soup(TEMPLATE_SCRAPS) },
);
const path = fc.oneof(
  changed(fc.constantFrom(...PATHS), PATH_SCRAPS, { unit: 'binary' }),
  soup(PATH_SCRAPS).map((text) => `/${text}`),
);
const inputs = fc.record({ templates: fc.array(template, { minLength: 1, maxLength: 4 }), paths: fc.array(path, { maxLength: 6 }) });

export const routeTemplates = pureTarget('route-templates', 3000, inputs, ({ templates, paths }) => {
  const entries = templates.flatMap((text, order) => {
    const read = parseRouteTemplate(text);
    if (read.kind === 'template') return [{ template: read, methods: undefined, value: order }];
    const character = Number(/\(character (\d+)\)\.$/.exec(read.message)?.[1]);
    insist(character >= 1 && character <= text.length, 'a fault stands at a character of the template', () => read.message);
    return [];
  });
  // Expressions are the author's own; what takes ages on them is no fault of the parser's.
  const safe = entries.filter(({ template: { text } }) => !/regex\(/i.test(text) || TEMPLATES.includes(text));
  const together = createRouteTable(safe);
  const alone = safe.map((entry) => createRouteTable([entry]));
  for (const one of paths) {
    const found = together.match('GET', one);
    const first = alone.map((table) => table.match('GET', one)).find((match) => match !== undefined);
    insist(JSON.stringify(found) === JSON.stringify(first), 'a table finds the first of its routes that fits', () =>
      JSON.stringify({ one, found, first }),
    );
    if (found !== undefined) checkValues(found.params, safe.find(({ value }) => value === found.value)?.template, one);
  }
});

/** Each parameter has a value, or says that there is none; values are texts of the path or defaults of the template. */
function checkValues(
  params: Readonly<Record<string, string | null>>,
  read: ReturnType<typeof parseRouteTemplate> | undefined,
  path: string,
): void {
  if (read?.kind !== 'template') return;
  const detail = (): string => JSON.stringify({ template: read.text, path, params });
  insist(
    read.parameters.every(({ name }) => Object.hasOwn(params, name)),
    'each parameter has a value or null',
    detail,
  );
  const text = decodePath(path);
  for (const { name, catchAll, fallback } of read.parameters) {
    const value = params[name] ?? null;
    insist(value === null || value === fallback || text.includes(value), 'a value is a text of the path or the default', detail);
    insist(catchAll || value === null || value === fallback || !value.includes('/'), 'a value of one segment has no slash', detail);
  }
}
