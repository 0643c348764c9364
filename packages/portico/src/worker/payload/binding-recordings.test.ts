// What Azure's host sent to handlers of queues, blobs and timers, and what it made of their outputs, made again from what went in.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { toBytes } from '../../../../../test/conformance/record/bodies.ts';
import { loadGroups } from '../../../../../test/conformance/record/scenarios.ts';
import type { Content, HttpRequest, Scenario } from '../../../../../test/conformance/record/types.ts';
import { triggerBindingData } from '../../core/binding-data.ts';
import { type BindingValue, dateTimeOffset } from '../../core/binding-value.ts';
import { parseTemplate } from '../../core/expressions/template.ts';
import type { BindingMetadata, JsonObject } from '../../core/function-app.ts';
import { byteItems, type OutputValue, streamContent } from '../../core/output-value.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { httpBindingData } from './http-binding-data.ts';
import { buildHttpPayload } from './http-request.ts';
import type { SystemData } from './metadata.ts';
import { readOutputs } from './outputs.ts';
import { readReply } from './reply.ts';
import { buildPayload } from './trigger-payload.ts';

const FOLDER = new URL('../../../../../test/conformance/', import.meta.url);

type Stored = { text?: string; bodyBase64?: string; json?: unknown; layout?: string; name?: string; names?: string[] };
type Payload = { Data: Record<string, JsonObject | string>; Metadata: JsonObject & { sys: { MethodName: string; RandGuid: string } } };
type Recording = { handlerReceived: { json: Payload }[]; queues?: { messages: Stored[] }[]; blobs?: Stored[] };
type Binding = BindingMetadata & { path?: string };
type Case = { id: string; scenario: Scenario; functions: Record<string, { bindings: Binding[]; retry?: unknown }>; recording: Recording };

const groups = await loadGroups(fileURLToPath(new URL('scenarios/', FOLDER)));
const cases = groups.flatMap(({ app, scenarios }) =>
  scenarios.flatMap((scenario): Case[] => {
    const file = new URL(`recordings/${scenario.id}.json`, FOLDER);
    if (!existsSync(file)) return [];
    const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
    return [{ id: scenario.id, scenario, functions: app.functions as Case['functions'], recording }];
  }),
);
const casesOf = (pattern: RegExp) => cases.filter(({ id }) => pattern.test(id));

const systemOf = ({ Metadata: { sys } }: Payload): SystemData => ({
  functionName: sys.MethodName,
  utcNow: '<time.fZ>',
  randomGuid: sys.RandGuid,
});

/** Dates as recordings have them. */
const withoutTimes = (json: string) => JSON.parse(json.replace(/2026-01-02T03:04:05\+00:00/g, '<time+00:00>'));
const at = dateTimeOffset(new Date('2026-01-02T03:04:05.678Z'));

describe('the payload of a queue message', () => {
  const messages = casesOf(/^queue-in\.(?!not-|admin)/);

  /** What is intended to differ: a date stays as its author wrote it. */
  const INTENDED: Record<string, [recorded: string, ours: string]> = {
    'queue-in.object': ['02/03/2001 04:05:06', '2001-02-03T04:05:06Z'],
  };

  test('is compared with many recordings', () => {
    expect(messages.length).toBeGreaterThan(14);
  });

  test.each(messages)('$id: $scenario.about', ({ id, scenario, recording }) => {
    const content = scenario.steps.find(({ queuePut }) => queuePut)?.queuePut as Content;
    const payload = recording.handlerReceived[0]?.json as Payload;
    const { RetryContext, ...metadata } = payload.Metadata;
    const bytes = toBytes(content);
    const value = id === 'queue-in.binary' ? bytes : bytes.toString();
    const own: [string, BindingValue][] = [
      ['DequeueCount', 1],
      ['ExpirationTime', at],
      ['Id', id === 'queue-in.object' || id === 'queue-in.expressions' ? 'a guid' : JSON.parse(String(metadata.Id))],
      ['InsertionTime', at],
      ['NextVisibleTime', at],
      ['PopReceipt', '<pop-receipt>'],
      ['QueueTrigger', bytes.toString()],
    ];
    const ours = buildPayload({
      ...systemOf(payload),
      ...(RetryContext !== undefined && { extraMetadata: { RetryContext } }),
      data: [['msg', value]],
      bindingData: triggerBindingData(own, value),
    });
    const [recorded, intended] = INTENDED[id] ?? ['', ''];
    expect(JSON.stringify(withoutTimes(ours))).toBe(JSON.stringify(payload).replace(recorded, intended));
  });
});

describe('the payload of a blob', () => {
  test.each(casesOf(/^blob-in\.(existing|trigger)/))('$id: $scenario.about', ({ recording }) => {
    const payload = recording.handlerReceived[0]?.json as Payload;
    const { sys: _, ...metadata } = payload.Metadata;
    // Objects are as they are; everything else is JSON in a string.
    const own = Object.entries(metadata).map(([name, value]) => [name, typeof value === 'string' ? JSON.parse(value) : value] as const);
    const value = Buffer.from(String(payload.Data.file), 'base64');
    const ours = buildPayload({ ...systemOf(payload), data: [['file', value]], bindingData: triggerBindingData(own, value) });
    expect(ours).toBe(JSON.stringify(payload));
  });

  test.each(casesOf(/^blob-in\.(?!existing|trigger|no-name)/))('$id: $scenario.about', ({ recording }) => {
    for (const { json } of recording.handlerReceived) {
      const { req, input } = json.Data as { req: { Url: string }; input: string };
      const isBinary = json.Metadata.sys.MethodName === 'ReadBinary';
      const value = isBinary && input !== 'null' ? Buffer.from(input, 'base64') : JSON.parse(input);
      const ours = buildHttpPayload({ ...requestOf(req.Url), ...systemOf(json), inputs: [['input', value]] });
      expect(ours).toBe(JSON.stringify(json));
    }
  });
});

function requestOf(url: string) {
  const [, query = ''] = url.split('?');
  return { triggerName: 'req', url, method: 'GET', query, rawHeaders: ['Host', 'localhost:<host-port>'], params: {}, body: undefined };
}

test.each(casesOf(/^timer\.(cron|span)$/))('the payload of $id', ({ recording }) => {
  for (const { json } of recording.handlerReceived) {
    const data = Object.entries(json.Data);
    expect(buildPayload({ ...systemOf(json), data, bindingData: triggerBindingData([], null) })).toBe(JSON.stringify(json));
  }
});

describe('what becomes of outputs', () => {
  /** What is intended to differ: a date stays as its author wrote it. */
  const INTENDED: Record<string, string> = { 'queue-out.date': '2001-02-03T04:05:06Z' };

  function outputsOf({ scenario, functions }: Case): OutputValue[] {
    const { when, reply } = scenario.rules[0] as { when: { function: string }; reply: Content };
    const { bindings } = functions[when.function]!;
    const read = readReply({ status: 200, contentType: 'application/json', body: toBytes(reply) });
    if ('error' in read) throw read.error;
    return readOutputs(bindings, read, { keepsText: false });
  }

  function bytesOf({ text, bodyBase64, json, layout }: Stored): Buffer {
    if (bodyBase64 !== undefined) return Buffer.from(bodyBase64, 'base64');
    return Buffer.from(text ?? JSON.stringify(json, null, layout === 'compact' ? 0 : 2));
  }

  const sent = casesOf(/^queue-out\.|^queue-in\.(chain|return)$/);
  test('is compared with many recordings', () => {
    expect(sent.length).toBeGreaterThan(17);
    expect(sent.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(INTENDED)));
  });

  test.each(sent)('$id: $scenario.about', (one) => {
    const messages = outputsOf(one).flatMap((output) => {
      const made = byteItems(output);
      return 'error' in made ? [] : made.items;
    });
    const recorded = one.recording.queues?.flatMap(({ messages }) => messages.map(bytesOf)) ?? [];
    const expected = INTENDED[one.id] === undefined ? recorded : [Buffer.from(INTENDED[one.id]!)];
    expect(messages.map((bytes) => Buffer.from(bytes))).toEqual(expected);
  });

  test.each(casesOf(/^blob-out\./))('$id: $scenario.about', (one) => {
    const [output] = outputsOf(one);
    const { content } = streamContent(output!);
    const [stored] = one.recording.blobs!;
    // The recorder takes an empty blob for one that is still to be written.
    expect(Buffer.from(content)).toEqual(one.id === 'blob-out.empty' ? Buffer.alloc(0) : bytesOf(stored!));
  });
});

describe('expressions', () => {
  const context = { functionName: 'HttpGuid', clock: new FakeClock(), random: { uuid: () => '<any-guid>' } };
  const pathsOf = ({ functions }: Case, functionName: string) => functions[functionName]!.bindings.flatMap(({ path }) => path ?? []);

  function bind(path: string, data: ReturnType<typeof httpBindingData>): string {
    const parsed = parseTemplate(path, { binding: 'b', property: 'path' });
    if ('problem' in parsed) throw new Error(parsed.problem.message);
    const bound = parsed.template.bind(data, context);
    return 'error' in bound ? bound.error.code : bound.text;
  }

  function dataOf(request: HttpRequest, params: Record<string, string> = {}) {
    const [, query = ''] = request.target.split('?');
    const body = request.body === undefined ? undefined : toBytes(request.body);
    return httpBindingData({ query, params, body, rawHeaders: (request.headers ?? []).flat() });
  }

  test('find route, query, headers and body', () => {
    const [one] = casesOf(/^expressions\.names$/);
    const request = one!.scenario.steps.find(({ http }) => http)!.http!;
    const [path] = pathsOf(one!, 'HttpNamed');
    expect(bind(path!, dataOf(request, { who: 'ada' }))).toBe(`named/${one!.recording.blobs![0]!.name}`);
  });

  test('make GUIDs and know the function', () => {
    const [one] = casesOf(/^expressions\.guid$/);
    const paths = pathsOf(one!, 'HttpGuid').map((path) => bind(path, dataOf({ target: '/' })));
    expect(paths).toEqual(one!.recording.blobs![0]!.names!.map((name) => `guid/${name}`));
  });

  test('find the members of a message', () => {
    const [one] = casesOf(/^queue-in\.expressions$/);
    const content = one!.scenario.steps.find(({ queuePut }) => queuePut)?.queuePut as Content;
    const [path] = pathsOf(one!, 'Expressions');
    expect(bind(path!, triggerBindingData([['Id', 'a guid']], toBytes(content).toString()))).toBe(`expr/${one!.recording.blobs![0]!.name}`);
  });

  test.each([
    ['expressions.missing', 'HttpMissing'],
    ['blob-in.no-name', 'ReadText'],
  ])('fail for want of a value: %s', (id, functionName) => {
    const [path] = pathsOf(cases.find((one) => one.id === id)!, functionName);
    expect(bind(path!, dataOf({ target: '/' }))).toBe('EXPRESSION_WITHOUT_VALUE');
  });
});
