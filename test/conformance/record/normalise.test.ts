import { describe, expect, test } from 'vitest';
import { normalise } from './normalise.ts';

const facts = {
  paths: [
    ['/tmp/w/app', '<app>'],
    ['/tmp/w', '<work>'],
  ] as [string, string][],
  ports: [[20123, '<host-port>']] as [number, string][],
  hostId: 'some-host-id',
  versions: ['4.1037.0.0', '4.1037.0'],
  scrub: undefined,
  givenText: '11111111-2222-3333-4444-555555555555',
};
const ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const OTHER = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

const normalised = (more: object) => normalise({ handlerReceived: [], ...more }, facts);
const text = (value: string) => normalised({ value }).value;

describe('normalise', () => {
  test.each([
    ['/tmp/w/app/handler.mjs in /tmp/w/logs', '<app>/handler.mjs in <work>/logs'],
    ['http://localhost:20123/ beside 120123 and 20123.5', 'http://localhost:<host-port>/ beside 120123 and <host-port>.5'],
    ['2bb23e25-b971-4eec-bd8e-20123ded0b0b "0x8DE20123ABCDEF0"', '<guid-1> "<etag>"'],
    [`${ID} ${OTHER} ${ID.toUpperCase()}`, '<guid-1> <guid-2> <guid-1>'],
    ['11111111-2222-3333-4444-555555555555', '11111111-2222-3333-4444-555555555555'],
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-<trace>-<span>-01'],
    ['Azure-Functions-Host/4.1037.0.0', 'Azure-Functions-Host/<version>'],
    ['2001-02-03T04:05:06Z', '2001-02-03T04:05:06Z'],
    [new Date().toISOString(), '<time.fZ>'],
  ])('turns %s into %s', (given, expected) => {
    expect(text(given)).toBe(expected);
  });

  test('numbers invocation ids first, wherever they stand', () => {
    const { first, handlerReceived } = normalised({
      first: OTHER,
      handlerReceived: [{ rawHeaders: [['X-Azure-Functions-InvocationId', ID]] }],
    });
    expect(first).toBe('<guid-2>');
    expect(handlerReceived).toEqual([{ rawHeaders: [['X-Azure-Functions-InvocationId', '<guid-1>']] }]);
  });

  test.each([
    ['{"a":1}', { json: { a: 1 }, layout: 'compact' }],
    ['{\n  "a": 1\n}', { json: { a: 1 }, layout: 'indented by 2' }],
    ['{ "a":1}', { json: { a: 1 }, layout: 'other', text: '{ "a":1}' }],
    ['42', { text: '42' }],
  ])('shows the body %j as %j', (body, view) => {
    expect(normalised({ answer: { body } }).answer).toEqual(view);
  });

  test('leaves out the length of a body whose length changes from run to run', () => {
    const answer = (body: string) => normalised({ answer: { rawHeaders: [['Content-Length', '36']], body } }).answer;
    expect(answer(ID)).toMatchObject({ rawHeaders: [['Content-Length', '<length>']] });
    expect(answer('x')).toMatchObject({ rawHeaders: [['Content-Length', '36']] });
  });

  test('says whether a body took its time, and drops how much', () => {
    const answer = (streamedMs: number) => normalised({ answer: { rawHeaders: [], streamedMs, at: 1, pid: 2 } }).answer;
    expect(answer(201)).toEqual({ rawHeaders: [], streamed: true });
    expect(answer(200)).toEqual({ rawHeaders: [], streamed: false });
  });
});
