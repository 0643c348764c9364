import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stateHome } from './state-home.ts';

const DEFAULT = join(homedir(), '.local', 'state');

test.each([
  [{}, DEFAULT],
  [{ XDG_STATE_HOME: '' }, DEFAULT],
  [{ XDG_STATE_HOME: 'relative/folder' }, DEFAULT],
  [{ XDG_STATE_HOME: '/var/state' }, '/var/state'],
])('with %j state is kept below %s', (environment, expected) => {
  expect(stateHome(environment)).toBe(expected);
});
