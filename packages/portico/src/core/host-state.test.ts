import { describe, expect, test } from 'vitest';
import { HOST_EVENTS, HOST_STATES, type HostEvent, type HostState, nextHostState } from './host-state.ts';

const states = Object.keys(HOST_STATES) as HostState[];
const events = Object.keys(HOST_EVENTS) as HostEvent[];

/** What the app on disk may make of a host whose port is open, whatever it was before. */
const ON_DISK = 'serve→Running  break→Error  takeOffline→Offline  stop→Stopping';
const LIFE = `
Starting  ${ON_DISK}  end→Stopped
Running   ${ON_DISK}
Error     ${ON_DISK}
Offline   ${ON_DISK}
Stopping  end→Stopped
`;
const steps = LIFE.trim()
  .split('\n')
  .flatMap((line) => {
    const [from, ...arrows] = line.split(/ +/) as [HostState, ...string[]];
    return arrows.map((arrow) => [from, ...arrow.split('→')] as [HostState, HostEvent, HostState]);
  });

describe('states of the host', () => {
  test.each(steps)('lead from %s by "%s" to %s', (from, event, to) => {
    expect(nextHostState(from, event)).toBe(to);
  });

  const impossible = states.flatMap((from) =>
    events
      .filter((event) => !steps.some(([state, possible]) => state === from && possible === event))
      .map((event) => [from, event] as const),
  );
  test.each(impossible)('refuse what cannot happen: %s, %s', (from, event) => {
    expect(() => nextHostState(from, event)).toThrow(`A host that is ${from} cannot ${event}.`);
  });
});
