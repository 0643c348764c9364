// The short form of npm run chaos: the built command with real handlers, one round of some faults. How long things took is not judged here.
import { describe, expect, test } from 'vitest';
import type { Mode } from '../chaos/app.ts';
import { runShortly } from '../chaos/chaos.ts';
import { describeCheck } from '../chaos/report.ts';

const SEED = 1;
const LIMIT_MS = 90_000;

describe.skipIf(process.platform !== 'linux')('under load', () => {
  test.each<[string, string, Mode]>([
    ['a killed handler', 'kill', 'forward'],
    ['a handler that exits with code 0', 'exit-zero', 'proxy'],
    ['answers that are no HTTP', 'garbage', 'forward'],
    ['connections that are closed in the middle of a body', 'close-mid-body', 'proxy'],
    ['one reload after the other', 'reloads', 'payload'],
    ['a killed host', 'host-kill', 'payload'],
  ])('%s: no request is lost, hung or answered wrongly, and no process is left', { timeout: LIMIT_MS }, async (_, fault, mode) => {
    const { checks, tally, notes } = await runShortly(fault, mode, SEED, AbortSignal.timeout(LIMIT_MS - 10_000));
    expect(checks.filter(({ holds }) => !holds).map(describeCheck), notes.join('\n')).toEqual([]);
    expect(tally.counts.correct).toBeGreaterThan(0);
  });
});
