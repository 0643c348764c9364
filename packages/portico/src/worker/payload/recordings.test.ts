// Every request that Azure's host made in payload mode for an HTTP function, made again from what the caller sent.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bodyFields, toBytes } from '../../../../../test/conformance/record/bodies.ts';
import { loadGroups } from '../../../../../test/conformance/record/scenarios.ts';
import type { HttpRequest, Scenario } from '../../../../../test/conformance/record/types.ts';
import { buildHttpPayload } from './http-request.ts';

const FOLDER = new URL('../../../../../test/conformance/', import.meta.url);
const AREAS =
  /^(payload-(body|headers|method|query|route)|forward\.not-simple|custom-routes\.payload|limits\.(body|custom-headers|long-request))(\.|$)/;

/** What is intended to differ, with what is sent instead. */
const INTENDED: Record<string, [recorded: string, ours: string]> = {
  // The declared charset is honoured.
  'payload-body.latin1': ['caf\ufffd', 'café'],
  // A date stays as its author wrote it.
  'payload-body.json-object': ['02/03/2001 04:05:06', '2001-02-03T04:05:06Z'],
};

type Payload = {
  Data: Record<string, { Url: string; Method: string; Params: Record<string, string | null>; Headers: Record<string, string[]> }>;
  Metadata: Record<string, { MethodName: string; UtcNow: string; RandGuid: string }>;
};

const pathOf = (url: string) => shorten(decodeURI(url).replace(/^https?:\/\/[^/]*/, ''));
const shorten = (text: string) => text.replace(/(.)\1{999,}/gs, (run, character) => `<${character} times ${run.length}>`);

const namesOf = (flat: readonly unknown[]) =>
  [...new Set(flat.filter((_, at) => at % 2 === 0).map((name) => String(name).toLowerCase()))].sort().join();

type Recording = { handlerReceived: { method: string; url: string; json?: Payload }[] };

const groups = await loadGroups(fileURLToPath(new URL('scenarios/', FOLDER)));
const cases = groups
  .flatMap(({ scenarios }) => scenarios)
  .filter(({ id }) => AREAS.test(id) && existsSync(new URL(`recordings/${id}.json`, FOLDER)))
  .flatMap(invocationsOf);

type Case = { id: string; request: HttpRequest; payload: Payload };

/** Pairs the steps that reached the handler with what it got, by method, path and names of headers. */
function invocationsOf({ id, steps }: Scenario): Case[] {
  const { handlerReceived } = JSON.parse(readFileSync(new URL(`recordings/${id}.json`, FOLDER), 'utf8')) as Recording;
  const payloads = handlerReceived.flatMap(({ json }) => (json?.Data === undefined ? [] : [json]));
  const requests = steps.flatMap(({ http }) => (http === undefined ? [] : [http]));
  return payloads.flatMap((payload): Case[] => {
    const { Url, Method, Headers } = Object.values(payload.Data)[0]!;
    const at = requests.findIndex(
      (one) =>
        one.method === Method &&
        pathOf(one.target) === pathOf(Url) &&
        namesOf(rawHeadersOf(one)) === namesOf(Object.entries(Headers).flat()),
    );
    const [request] = at < 0 ? [] : requests.splice(0, at + 1).slice(-1);
    if (request === undefined) throw new Error(`${id}: no step asked for ${Method} ${Url}`);
    return [{ id, request, payload }];
  });
}

function rawHeadersOf({ headers = [], body, chunks }: HttpRequest): string[] {
  const names = headers.map(([name]) => name.toLowerCase());
  // node:http trims values and reads their bytes as Latin-1.
  const sent = headers.flatMap(([name, value]) => [name, Buffer.from(value.trim()).toString('latin1')]);
  return [
    ...(names.includes('host') ? [] : ['Host', 'localhost:<host-port>']),
    ...sent,
    ...(body === undefined ? [] : ['Content-Length', String(toBytes(body).length)]),
    ...(chunks === undefined ? [] : ['Transfer-Encoding', 'chunked']),
  ];
}

function build({ request, payload }: Case): string {
  const [triggerName, { Url, Method, Params }] = Object.entries(payload.Data)[0]!;
  const { MethodName, UtcNow, RandGuid } = payload.Metadata.$sys ?? payload.Metadata.sys!;
  return buildHttpPayload({
    functionName: MethodName,
    triggerName,
    url: Url,
    method: Method,
    query: /\?(.*)$/.exec(request.target)?.[1] ?? '',
    rawHeaders: rawHeadersOf(request),
    params: Params,
    body: request.body === undefined ? undefined : toBytes(request.body),
    utcNow: UtcNow,
    randomGuid: RandGuid,
  });
}

describe('the payload of an HTTP invocation', () => {
  test('is compared with many recordings', () => {
    expect(cases.length).toBeGreaterThan(80);
    expect(cases.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(INTENDED)));
  });

  test.each(cases)('$id: $request.method $request.target', (one) => {
    let expected = JSON.stringify(one.payload);
    const [recorded, ours] = INTENDED[one.id] ?? ['', ''];
    expect(expected).toContain(recorded);
    expected = expected.replace(recorded, ours);
    expect(bodyFields(Buffer.from(build(one))).body).toBe(expected);
  });
});
