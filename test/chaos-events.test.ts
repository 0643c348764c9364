// The short form of npm run chaos -- --events: two hosts of the built command, one of each kind of damage, and every message accounted for.
import { expect, test } from 'vitest';
import { runEventsShortly } from '../chaos/events/events.ts';
import { describeCheck } from '../chaos/report.ts';
import { needs } from './support/requirements.ts';

const SEED = 1;
const LIMIT_MS = 150_000;

test.skipIf(process.platform !== 'linux' || needs('azurite') !== undefined)(
  'when handlers, hosts and storage are killed, each message and each blob is handled, in the poison queue, or still in its queue',
  { timeout: LIMIT_MS },
  async () => {
    const { checks, tallies, damages, notes } = await runEventsShortly(SEED, AbortSignal.timeout(LIMIT_MS - 10_000));
    expect(checks.filter(({ holds }) => !holds).map(describeCheck), notes.join('\n')).toEqual([]);
    expect(damages).toHaveLength(5);
    expect([...tallies.values()].every(({ handled }) => handled > 0)).toBe(true);
  },
);
