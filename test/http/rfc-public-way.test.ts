// The same cases once more, with every whole reply written by the documented means of node:http alone.
import { expect, test, vi } from 'vitest';
import type * as WholeReplyModule from '../../packages/portico/src/http/whole-reply.ts';
import { ALL_RFC_CASES } from './cases/rfc-cases.ts';
import { findFaults } from './support/find-faults.ts';
import { runCases } from './support/run-cases.ts';
import { startPortico } from './support/start-portico.ts';

const writePublicly = vi.hoisted(() => vi.fn());

vi.mock('../../packages/portico/src/http/whole-reply.ts', async (load) => {
  const original = await load<typeof WholeReplyModule>();
  writePublicly.mockImplementation(original.writePublicly);
  return { ...original, replyWriter: () => writePublicly };
});

test('a host that may not write a reply in one piece does in every case what it does otherwise', async () => {
  const results = await runCases(ALL_RFC_CASES, startPortico);
  const faults = ALL_RFC_CASES.map((one, index) => [one.title, ...findFaults(one, results[index]!)]);
  expect(faults.filter(({ length }) => length > 1)).toEqual([]);
  expect(writePublicly).toHaveBeenCalled();
});
