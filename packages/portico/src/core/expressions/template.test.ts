import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { triggerBindingData } from '../binding-data.ts';
import { type BindingValue, dateTime, dateTimeOffset, guid } from '../binding-value.ts';
import type { JsonObject } from '../function-app.ts';
import { readJson } from '../json-reader.ts';
import { parseTemplate } from './template.ts';

const place = { binding: 'copy', property: 'path' };
const GUIDS = ['11111111-2222-4333-8444-555555555555', '99999999-8888-4777-a666-555555555555'];

function newContext() {
  const guids = [...GUIDS];
  const clock = new FakeClock(new Date('2026-11-22T11:27:28.125Z'));
  return { functionName: 'Copy', clock, random: { uuid: () => guids.shift() ?? '' } };
}

function parse(text: string) {
  const parsed = parseTemplate(text, place);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed.template;
}

const bind = (text: string, own: Readonly<Record<string, BindingValue>> = {}, payload = '') =>
  parse(text).bind(triggerBindingData(Object.entries(own), payload), newContext());

describe('the golden templates', () => {
  type Row = { template: string; parameters?: string[]; bound?: string; parseError?: string; bindError?: string };
  const read = (name: string) => readFileSync(new URL(`../../../../../test/golden/${name}`, import.meta.url), 'utf8');
  const rows: Row[] = JSON.parse(read('binding-templates.json'));
  const others = new Map(
    (JSON.parse(read('not-followed.json')) as { file: string; row: string; ours: string }[])
      .filter(({ file }) => file === 'binding-templates.json')
      .map(({ row, ours }) => [row, ours]),
  );
  // What the table was bound with: the file, and values that JSON has no word for.
  const file = readJson(read('binding-data.json')) as { value: JsonObject };
  const data = {
    ...file.value,
    aDate: dateTime(new Date('2024-05-06T07:08:09Z')),
    anOffset: dateTimeOffset(new Date('2024-05-06T07:08:09Z')),
    aGuid: guid('0f8fad5b-d9cb-469f-a165-70867728950e'),
    aDict: new Map([
      ['Name', 'v'],
      ['x-head', 'h'],
    ]),
  };

  test('are read, every one of them', () => {
    expect(rows.length).toBe(75);
    expect(rows.map(({ template }) => template)).toEqual(expect.arrayContaining([...others.keys()]));
  });

  test.each(rows.filter(({ parseError }) => parseError))('refuses $template', ({ template, parseError }) => {
    expect(parseTemplate(template, place)).toHaveProperty('problem.azureMessage', parseError);
  });

  test.each(rows.filter(({ parameters }) => parameters))('names what $template asks for', ({ template, parameters }) => {
    expect(parse(template).names).toEqual(parameters);
  });

  test.each(rows.filter(({ bound, template }) => bound !== undefined && !others.has(template)))(
    'makes "$bound" of $template',
    ({ template, bound }) => {
      expect(bind(template, data)).toMatchObject({ text: bound });
    },
  );

  test.each(rows.filter(({ bindError }) => bindError))('has no value for $template', ({ template, bindError }) => {
    expect(bind(template, data)).toHaveProperty('error.hint', expect.stringContaining(`On Azure: "${bindError}"`));
  });

  test.each([...others])('%s is not followed: here it is %s', (template, ours) => {
    expect(bind(template, data)).toMatchObject({ text: ours });
    expect(rows.find((row) => row.template === template)?.bound).not.toBe(ours);
  });
});

describe('a template', () => {
  test.each([
    ['{rand-guid}', GUIDS[0]],
    ['{RAND-GUID:N}', '11111111222243338444555555555555'],
    ['{rand-guid}/{rand-guid:B}', `${GUIDS[0]}/{${GUIDS[1]}}`],
    ['{DateTime}', '2026-11-22T11-27-28Z'],
    ['{datetime:yyyy-MM}', '2026-11'],
    ['{DateTime:yyyy.MM.dd HH:mm}', '2026.11.22 11:27'],
    ['{dateTimeUtc}', '2026-11-22T11-27-28Z'],
    ['{sys.methodname}', 'Copy'],
    ['{sys.UtcNow}', '2026-11-22T11-27-28Z'],
    ['{SYS.utcnow:HH}', '11'],
    ['{sys.randguid}-{sys.RandGuid:N}', `${GUIDS[0]}-9999999988884777a666555555555555`],
    ['{sys}', ''],
  ])('knows what the host adds: %s', (template, text) => {
    expect(bind(template)).toMatchObject({ text });
  });

  test('lets the data of the event go before what the host adds, unless a format is asked for', () => {
    const own = { DateTime: 'mine', 'rand-guid': 'mine too', dateTimeStart: dateTime(new Date(0)) };
    expect(bind('{datetime} {rand-guid} {dateTimeStart:yyyy}', own)).toMatchObject({ text: 'mine mine too 1970' });
    expect(bind('{datetime:yyyy}', own)).toMatchObject({ text: '2026' });
  });

  test('looks into the payload, whose members are text by then', () => {
    const payload = '{"id":7,"ok":true,"price":1.50,"deep":{"n":1.5,"yes":false},"when":"2001-02-03T04:05:06Z"}';
    expect(bind('{id} {ok} {price} {deep.n} {DEEP.Yes} {when}', { Id: 'of the service' }, payload)).toMatchObject({
      text: '7 True 1.5 1.5 False 2001-02-03T04:05:06Z',
    });
  });

  test('takes the payload’s "sys" for the host’s, where a payload has one', () => {
    expect(bind('{sys.x}', {}, '{"sys":{"x":"theirs"}}')).toMatchObject({ text: 'theirs' });
    expect(bind('{sys.methodname}', {}, '{"sys":{"x":"theirs"}}')).toHaveProperty('error.code', 'EXPRESSION_WITHOUT_VALUE');
  });

  test.each([
    [true, 'a boolean'],
    [1.5, 'a number with a fraction'],
    [[1], 'an array'],
    [{ a: 1 }, 'an object'],
    [new Map(), 'an object'],
    [Uint8Array.of(1), 'bytes'],
    [dateTimeOffset(new Date(0)), 'a date with an offset'],
  ])('says that nothing is put in for %o', (value, kind) => {
    expect(bind('<{it}>', { it: value })).toEqual({
      text: '<>',
      remarks: [
        {
          code: 'EXPRESSION_LEAVES_NOTHING',
          message: `{it} in "path" of the binding "copy" is ${kind}, of which nothing is put in; on Azure too.`,
          hint: expect.any(String),
        },
      ],
    });
  });

  test('names the binding, the property, the expression, what there is and what was meant', () => {
    const result = bind('out/{ordreId}.txt', { QueueTrigger: '' }, '{"orderId":"A7"}');
    expect(result).toHaveProperty(
      'error.message',
      '{ordreId} in "path" of the binding "copy" has no value: the data of this event has no "ordreId".',
    );
    expect(result).toHaveProperty(
      'error.hint',
      `Did you mean "orderId"? It has QueueTrigger, sys, orderId. On Azure: "No value for named parameter 'ordreId'."`,
    );
  });

  test('names the member that is missing, and what has none of it', () => {
    const result = bind('{order.custmer.id}', {}, '{"order":{"customer":{"id":1}}}');
    expect(result).toHaveProperty(
      'error.message',
      '{order.custmer.id} in "path" of the binding "copy" has no value: "order" has no "custmer".',
    );
    expect(result).toHaveProperty('error.hint', expect.stringContaining('Did you mean "customer"?'));
  });

  test.each(['{when:Q}', '{id:Q}'])('says when a format is none: %s', (template) => {
    const result = bind(template, { when: dateTime(new Date(0)), id: guid(GUIDS[0]!) });
    expect(result).toHaveProperty('error.code', 'EXPRESSION_FORMAT_INVALID');
    expect(result).toHaveProperty('error.message', expect.stringContaining('"Q" is no format'));
  });

  test.each([
    ['{DateTime:Q}', '"Q" in {DateTime:Q} is no format.'],
    ['{rand-guid:yyyy}', '"yyyy" in {rand-guid:yyyy} is no format.'],
    ['{a..b}', '{a..b} has a dot that no name follows.'],
    ['{user-agent}', 'the name of {user-agent} has a "-".'],
    ['a{b', 'the "{" at character 2 has no "}".'],
    ['{}', 'there is nothing between the braces at character 1.'],
    ['{:x}', '{:x} is no expression.'],
  ])('refuses %s and says why', (text, reason) => {
    expect(parseTemplate(text, place)).toHaveProperty(
      'problem.message',
      `"path" of the binding "copy" is ${JSON.stringify(text)}, and ${reason}`,
    );
  });

  const anyText = fc.string({ unit: fc.constantFrom(...'{}.:-_%aé7 DateTimesysrand-guid'.split('')) });
  const anyValue = fc.oneof(
    fc.jsonValue(),
    fc.uint8Array(),
    fc.date({ noInvalidDate: true }).chain((at) => fc.constantFrom(dateTime(at), dateTimeOffset(at))),
    fc.uuid().map(guid),
  ) as fc.Arbitrary<BindingValue>;

  test('never throws, whatever is written and whatever there is', () => {
    fc.assert(
      fc.property(anyText, fc.dictionary(anyText, anyValue), fc.string(), (text, own, payload) => {
        const parsed = parseTemplate(text, place);
        const bound = 'template' in parsed && parsed.template.bind(triggerBindingData(Object.entries(own), payload), newContext());
        if ('problem' in parsed) expect(parsed.problem.code).toBe('EXPRESSION_INVALID');
        else if (bound && 'error' in bound) expect(bound.error.code).toMatch(/^EXPRESSION_(WITHOUT_VALUE|FORMAT_INVALID)$/);
        else expect(bound).toHaveProperty('text', expect.any(String));
      }),
    );
  });

  test('keeps any text whose braces are doubled, and any value between them', () => {
    const doubled = (text: string) => text.replace(/[{}]/g, '$&$&');
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, value, after) => {
        expect(bind(`${doubled(before)}{it}${doubled(after)}`, { it: value })).toEqual({ text: before + value + after, remarks: [] });
      }),
    );
  });

  test('does not look for expressions in values', () => {
    expect(bind('{it}', { it: '{{name}} %one%' })).toMatchObject({ text: '{{name}} %one%' });
  });

  test('gives the same for the same data, as often as it is bound', () => {
    const template = parse('{a}-{a}');
    const data = triggerBindingData([['A', 1]], '');
    expect([1, 2].map(() => template.bind(data, newContext()))).toEqual(Array(2).fill({ text: '1-1', remarks: [] }));
  });
});
