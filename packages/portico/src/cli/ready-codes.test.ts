import { expect, test } from 'vitest';
import { MemoryKeys } from '../../../../test/support/memory-keys.ts';
import { createLogger } from '../core/log.ts';
import type { FunctionSummary } from '../host/create-host.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { systemClock } from '../platform/system-clock.ts';
import { readCodes } from './ready-codes.ts';

const problem = { code: 'X', severity: 'error', message: 'Bad.' } as const;

test('makes keys for functions that they would open now, and for no others', async () => {
  const store = new MemoryKeys();
  const ring = new KeyRing({ store, clock: systemClock, log: createLogger({ log: () => {} }, '') });
  const functions = [
    summary({ name: 'Hello' }),
    summary({ name: 'off', disabled: true }),
    summary({ name: 'broken', problem }),
    summary({ name: 'open', authLevel: 'anonymous' }),
    summary({ name: 'guarded', authLevel: 'admin' }),
    summary({ name: 'tick', authLevel: undefined }),
  ];
  const { codes, trouble } = await readCodes(ring, functions, systemClock);
  expect([...store.functions.keys()]).toEqual(['hello']);
  expect([...(codes ?? [])]).toEqual([['Hello', store.functions.get('hello')?.[0]?.value]]);
  expect(trouble).toBeUndefined();
});

function summary(facts: Partial<FunctionSummary>): FunctionSummary {
  return {
    name: '',
    type: '',
    methods: undefined,
    authLevel: 'function',
    url: undefined,
    source: undefined,
    disabled: false,
    problem: undefined,
    ...facts,
  };
}
