// Binding expressions: templates, captures and the formats of dates and GUIDs, with any binding data.
import fc from 'fast-check';
import { triggerBindingData } from '../../packages/portico/src/core/binding-data.ts';
import { type BindingValue, dateTime, guid } from '../../packages/portico/src/core/binding-value.ts';
import { parseCapturePattern } from '../../packages/portico/src/core/expressions/captures.ts';
import { formatDate } from '../../packages/portico/src/core/expressions/date-format.ts';
import { formatGuid } from '../../packages/portico/src/core/expressions/guid-format.ts';
import { resolveSettings, settingLookup } from '../../packages/portico/src/core/expressions/setting-names.ts';
import { parseTemplate } from '../../packages/portico/src/core/expressions/template.ts';
import { insist, pureTarget } from '../target.ts';
import { changed, soup } from '../text.ts';

const SETTINGS = settingLookup({ SETTING: 'set', a: '{id}' });
const PLACE = { binding: 'in', property: 'path' };
const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const CONTEXT = { functionName: 'Fuzzed', clock: { now: () => new Date(1_700_000_000_000) }, random: { uuid: () => GUID } };

const TEMPLATES = [
  'orders/{id}-{DateTime:yyyy-MM-dd}.txt',
  '{rand-guid:N}/{sys.UtcNow}/{sys.MethodName}',
  '{{literal}}{body.a.b}{queueTrigger}',
  '{dir}/{name}.{ext}',
  '%SETTING%/{at:HH:mm:ss.fff zzz}/{id:D}',
  '{sys.RandGuid:X}%%',
];
const SCRAPS = [
  '{',
  '}',
  '{{',
  '}}',
  ':',
  '.',
  '-',
  '%',
  '%A%',
  'id',
  'dir',
  'name',
  'at',
  'sys',
  'DateTime',
  'rand-guid',
  'yyyy',
  'fffffff',
  'tt',
  "'",
  '"',
  '\\',
  '%d',
  'K',
  'zzz',
  'N',
  'X',
  'é',
  '\ud800',
  '/',
];
const FORMATS = ['yyyy-MM-ddTHH:mm:ss.fffffffK', "dddd, dd MMMM yyyy 'at' HH:mm", 'o', 'R', 's', 'u', 'D', 'N', 'B', 'P', 'X'];

const text = (samples: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: changed(fc.constantFrom(...samples), SCRAPS, { unit: 'binary' }) },
    { weight: 1, arbitrary: soup(SCRAPS) },
  );
const PAYLOADS = [
  '{"id":"7","body":{"a":{"b":1.50}},"name":"n","at":"2024-01-02T03:04:05Z"}',
  '{"__proto__":{"id":1},"sys":{"UtcNow":"mine"}}',
  'plain',
];

const inputs = fc.record({
  template: text(TEMPLATES),
  payload: text(PAYLOADS),
  format: text(FORMATS),
  path: text(['dir/sub/name.tar.gz', 'orders/7-2024-01-02.txt', '']),
  /** Of what .NET's calendar has. */
  atMs: fc.integer({ min: -62_135_596_800_000, max: Date.UTC(9999, 11, 31) }),
});

export const expressions = pureTarget('expressions', 5000, inputs, ({ template, payload, format, path, atMs }) => {
  const own: [string, BindingValue][] = [
    ['at', dateTime(new Date(atMs))],
    ['guid', guid(GUID)],
    ['dir', 'd'],
    ['queueTrigger', payload],
  ];
  const data = triggerBindingData(own, payload);
  resolveSettings(template, PLACE, SETTINGS);
  const read = parseTemplate(template, PLACE);
  if ('template' in read) {
    const bound = read.template.bind(data, CONTEXT);
    insist('error' in bound || typeof bound.text === 'string', 'a template gives a text or an error');
    if (read.template.names.length === 0) {
      const plain = template.replaceAll('{{', '{').replaceAll('}}', '}');
      insist('text' in bound && bound.text === plain, 'a template without expressions is a text with its braces halved', () => template);
    }
  } else insist(read.problem.message !== '', 'a fault says what it is');
  const literal = parseTemplate(path.replaceAll('{', '{{').replaceAll('}', '}}'), PLACE);
  insist('template' in literal && textOf(literal.template.bind(data, CONTEXT)) === path, 'doubled braces give any text back', () => path);
  checkCaptures(template, path);
  formatDate(new Date(atMs), format);
  formatGuid(GUID, format);
});

const textOf = (bound: object): unknown => ('text' in bound ? bound.text : undefined);

/** What is captured from a path and put back in gives the path. */
function checkCaptures(text: string, path: string): void {
  const read = parseCapturePattern(text, PLACE);
  if (!('pattern' in read)) return;
  const { names, match } = read.pattern;
  const found = match(path);
  if (found === undefined) return;
  insist(
    names.every((name) => found.has(name)),
    'each name of a pattern captures something',
    () => JSON.stringify({ text, path }),
  );
  if (new Set(names).size < names.length) return;
  const filled = text.replaceAll(/\{\{|\}\}|\{([^{}]*)\}/g, (part, written?: string) =>
    written === undefined ? part.charAt(0) : (found.get(written.replace(/:.*$/s, '')) ?? ''),
  );
  insist(filled === path, 'what is captured and put back in is the path', () => JSON.stringify({ text, path, filled }));
}
