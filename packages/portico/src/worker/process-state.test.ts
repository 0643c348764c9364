import { describe, expect, test } from 'vitest';
import { nextState, WORKER_TRANSITIONS, type WorkerState } from './process-state.ts';

describe('states of the handler', () => {
  const states = Object.keys(WORKER_TRANSITIONS) as WorkerState[];

  test('can all be reached from "stopped", and lead back to it', () => {
    const reachable = (from: WorkerState): Set<WorkerState> => {
      const found = new Set([from]);
      for (const state of found) for (const next of Object.values(WORKER_TRANSITIONS[state])) found.add(next);
      return found;
    };
    expect([...reachable('stopped')].sort()).toEqual([...states].sort());
    for (const state of states) expect(reachable(state)).toContain('stopped');
  });

  test('refuse what cannot happen', () => {
    expect(() => nextState('stopped', 'answer')).toThrow('A handler that is stopped cannot answer.');
  });
});
