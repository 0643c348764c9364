// Targets of request lines: what the router makes of them is what the handler is given, and never what is the host's own.
import fc from 'fast-check';
import { targetFor } from '../../packages/portico/src/http/forward.ts';
import { isReserved, type RequestTarget, readTarget } from '../../packages/portico/src/http/request-target.ts';
import { resolveDotSegments } from '../../packages/portico/src/http/routes/normalise-path.ts';
import { createRouteTable } from '../../packages/portico/src/http/routes/route-table.ts';
import { parseRouteTemplate } from '../../packages/portico/src/http/routes/template.ts';
import { insist, pureTarget } from '../target.ts';
import { changed, soup } from '../text.ts';

const TARGETS = [
  '/',
  '*',
  '/api/orders/7',
  '/api/orders/7?code=a%20b&c=%2Fadmin',
  '/files/a/b/../c.txt',
  '/files/%2e%2e/admin/host/status',
  '/admin/host/status',
  '/runtime/webhooks/blobs',
  '//admin/functions',
  '/public/..%2f..%2fadmin',
  '/public/%252e%252e/admin',
  'http://app.example/admin/host',
  'https://app.example:8443?x=1',
  `/files/${'a/'.repeat(3000)}`,
];
const SCRAPS = [
  '/',
  '//',
  '.',
  '..',
  '/./',
  '/../',
  '%2e',
  '%2E%2e',
  '%2f',
  '%5c',
  '\\',
  '%25',
  '%252e',
  '%c0%ae',
  '%c0%af',
  '%e0%80%af',
  '%ef%bc%8f',
  '%00',
  '%',
  '%4',
  '?',
  '#',
  ';',
  '@',
  ':',
  '*',
  'http://',
  'HTTPS://h',
  'admin',
  'ADMIN',
  '%61dmin',
  'runtime',
  '%C4%B1',
  '\xe9',
  'public',
  'secret',
];

// What a request line can hold: no blanks and no control characters get past the parser.
const inputs = fc
  .oneof(
    changed(fc.constantFrom(...TARGETS), SCRAPS, { most: 5 }),
    soup(SCRAPS),
    soup(SCRAPS).map((text) => `/${text}`),
  )
  .map((text) => text.replaceAll(/[^\x21-\x7e\x80-\xff]/g, ''));

const ROUTES = ['secret', 'public/{*rest}', 'api/{kind}/{id?}', 'files/{name}.{ext?}', '{first}', '{*all}'];
const routes = createRouteTable(
  ROUTES.flatMap((text) => {
    const template = parseRouteTemplate(text);
    return template.kind === 'template' ? [{ template, methods: undefined, value: { name: text } }] : [];
  }),
);

export const requestTargets = pureTarget('request-targets', 10_000, inputs, (text) => {
  const target = readTarget(text);
  if (target === undefined) return;
  const { path, authority } = target;
  insist(path === '' ? text === '*' : path.startsWith('/'), 'a path begins with a slash', () => path);
  insist(
    authority === undefined || /^[\w\-.~%!$&'()*+,;=:[\]]+$/.test(authority),
    'an authority is a host and a port',
    () => authority ?? '',
  );
  insist(resolveDotSegments(path) === path, 'resolving dot segments twice is resolving them once', () => path);
  const [asUrl, rawAsUrl] = [path, text].map((one) => URL.parse(`http://app.example${one}`)?.pathname);
  // Where it begins with two slashes, or has a backslash, the two differ on purpose.
  if (/^\/(?![/\\])[^\\]*$/.test(text))
    insist(asUrl === rawAsUrl, 'a path leads where it leads by the rules of URL', () => `${path}: ${asUrl}, ${rawAsUrl}`);
  const found = routes.match('GET', path);
  if (found === undefined || isReserved(path)) return;
  const given = targetFor(found.value, 'proxy', target);
  insist(/^[\x21-\x7e\x80-\xff]+$/.test(given), 'what the handler is given fits into a request line', () => given);
  for (const [reader, reading] of Object.entries(readingsOf(given))) {
    const detail = (): string => `${reader} reads ${JSON.stringify(given)} as ${JSON.stringify(reading)}`;
    if (reading === undefined) insist(false, 'what the handler is given can be read', detail);
    insist(!isReserved(reading.path), 'what reaches a function is not reserved', detail);
    const again = routes.match('GET', reading.path);
    insist(again?.value === found.value, 'the handler reads the function that the router found', detail);
    insist(reader !== 'the host' || sameTarget(reading, target), 'the target reaches the handler as it was matched', detail);
  }
});

type Reading = Pick<RequestTarget, 'path' | 'query'> | undefined;

/** How those who get a target may read it: as we do, and as URL does, which most handlers in JavaScript use. */
function readingsOf(given: string): Readonly<Record<string, Reading>> {
  const url = URL.parse(given, 'http://app.example');
  return { 'the host': readTarget(given), URL: url === null ? undefined : { path: url.pathname, query: url.search } };
}

function sameTarget(one: NonNullable<Reading>, other: NonNullable<Reading>): boolean {
  return one.path === (other.path || '/') && one.query === other.query;
}
