// https://www.w3.org/TR/trace-context/
import { describe, expect, test } from 'vitest';
import { ask, question } from './support/ask.ts';
import { startRawHandler } from './support/raw-handler.ts';
import { type Mode, startPortico } from './support/start-portico.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const MADE = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/;

/** The trace lines that a handler gets for a request with these. */
async function handlerGets(mode: Mode, ...headers: string[]): Promise<{ readonly parents: string[]; readonly states: string[] }> {
  await using handler = await startRawHandler({
    ended: (_, socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'),
  });
  await using portico = await startPortico(handler.port, { mode });
  await ask(portico.port, question('GET /x', headers));
  const head = handler.requests[0]?.head ?? '';
  const values = (name: string): string[] => [...head.matchAll(new RegExp(`^${name}: (.*)$`, 'gim'))].map(([, value = '']) => value.trim());
  return { parents: values('traceparent'), states: values('tracestate') };
}

describe.each(['proxy', 'forward', 'payload'] as const)('in %s mode a handler gets', (mode) => {
  test('the trace of a caller that has one', async () => {
    expect((await handlerGets(mode, `traceparent: ${TRACE}`)).parents).toEqual([TRACE]);
  });

  test('a new trace for every request without one', async () => {
    const [first] = (await handlerGets(mode)).parents;
    const [second] = (await handlerGets(mode)).parents;
    expect(first).toMatch(MADE);
    expect(second).toMatch(MADE);
    expect(second?.slice(3, 35)).not.toBe(first?.slice(3, 35));
  });

  test('a new trace instead of one that is not valid', async () => {
    const { parents } = await handlerGets(mode, 'traceparent: 00-nonsense-01');
    expect(parents).toEqual([expect.stringMatching(MADE)]);
  });
});

describe.each(['proxy', 'forward'] as const)('in %s mode the state of a trace', (mode) => {
  test('stays with it, line by line', async () => {
    const { states } = await handlerGets(mode, `traceparent: ${TRACE}`, 'tracestate: a=1,b=2', 'tracestate: c=3');
    expect(states).toEqual(['a=1,b=2', 'c=3']);
  });

  test('goes with a trace that is not valid', async () => {
    expect((await handlerGets(mode, 'traceparent: x', 'tracestate: a=1')).states).toEqual([]);
  });
});
