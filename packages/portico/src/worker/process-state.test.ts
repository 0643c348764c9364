import { describe, expect, test } from 'vitest';
import { nextState, WORKER_EVENTS, WORKER_STATES, WORKER_TRANSITIONS, type WorkerEvent, type WorkerState } from './process-state.ts';

const states = Object.keys(WORKER_STATES) as WorkerState[];
const events = Object.keys(WORKER_EVENTS) as WorkerEvent[];

/** One line a state, as a reader would draw it. */
const LIFE = `
stopped      start→starting
starting     answer→ready  fail→failed  stop→stopping
ready        sicken→unhealthy  refuse→unreachable  fail→failed  stop→stopping
unhealthy    answer→ready  refuse→unreachable  fail→failed  stop→stopping
unreachable  answer→ready  fail→failed  stop→stopping
failed       start→starting  stop→stopping
stopping     end→stopped
`;
const steps = LIFE.trim()
  .split('\n')
  .flatMap((line) => {
    const [from, ...arrows] = line.split(/ +/) as [WorkerState, ...string[]];
    return arrows.map((arrow) => [from, ...arrow.split('→')] as [WorkerState, WorkerEvent, WorkerState]);
  });

describe('states of the handler', () => {
  test('can all be reached from "stopped", and lead back to it', () => {
    const reachable = (from: WorkerState): Set<WorkerState> => {
      const found = new Set([from]);
      for (const state of found) for (const next of Object.values(WORKER_TRANSITIONS[state])) found.add(next);
      return found;
    };
    expect([...reachable('stopped')].sort()).toEqual([...states].sort());
    for (const state of states) expect(reachable(state)).toContain('stopped');
  });

  test.each(steps)('lead from %s by "%s" to %s', (from, event, to) => {
    expect(nextState(from, event)).toBe(to);
  });

  const impossible = states.flatMap((from) =>
    events
      .filter((event) => !steps.some(([state, possible]) => state === from && possible === event))
      .map((event) => [from, event] as const),
  );
  test.each(impossible)('refuse what cannot happen: %s, %s', (from, event) => {
    expect(() => nextState(from, event)).toThrow(`A handler that is ${from} cannot ${event}.`);
  });
});
