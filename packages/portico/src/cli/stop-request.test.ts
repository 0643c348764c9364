import { describe, expect, test } from 'vitest';
import { createFakeProgram } from '../../../../test/support/fake-program.ts';
import { stopRequest } from './stop-request.ts';

describe('stopRequest', () => {
  test('resolves with the first signal and does not end the process', async () => {
    const program = createFakeProgram({ argv: [] });
    const requested = stopRequest(program);
    program.send('SIGTERM');
    expect(await requested).toBe('SIGTERM');
    expect(program.exits).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends the process at once when %s comes second', async (signal, code) => {
    const program = createFakeProgram({ argv: [] });
    void stopRequest(program);
    program.send('SIGINT');
    await program.clock.advance(101);
    program.send(signal);
    expect(program.exits).toEqual([code]);
  });

  test('takes a signal that comes right after the first for the same one', async () => {
    const program = createFakeProgram({ argv: [] });
    void stopRequest(program);
    program.send('SIGINT');
    await program.clock.advance(100);
    program.send('SIGINT');
    expect(program.exits).toEqual([]);
  });
});
