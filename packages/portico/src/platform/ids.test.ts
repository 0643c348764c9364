import { expect, test } from 'vitest';
import { newGuid, newInvocationIds } from './ids.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an invocation has a GUID of version 4, which doubles as its trace id, and a span id', () => {
  const { invocationId, traceId, spanId } = newInvocationIds();
  expect(invocationId).toMatch(GUID);
  expect(traceId).toBe(invocationId.replaceAll('-', ''));
  expect(spanId).toMatch(/^[0-9a-f]{15}1$/);
});

test('no id comes twice, also where the digits in stock run out', () => {
  const ids = Array.from({ length: 5000 }, (_, i) => (i % 2 ? newGuid() : newInvocationIds().invocationId));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => GUID.test(id))).toBe(true);
});

test('every digit that may vary does', () => {
  const ids = Array.from({ length: 300 }, newGuid);
  for (let i = 0; i < 36; i += 1) {
    if (i === 14 || [8, 13, 18, 23].includes(i)) continue;
    expect(new Set(ids.map((id) => id[i])).size).toBeGreaterThan(i === 19 ? 3 : 10);
  }
});
