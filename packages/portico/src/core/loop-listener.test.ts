import { describe, expect, test } from 'vitest';
import { testContext } from '../testing/binding-context.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type LoopListenerOptions, loopListener, type Round } from './loop-listener.ts';
import { whenAborted } from './when-aborted.ts';

const never = new AbortController().signal;

function started(round: Round, options: LoopListenerOptions = {}) {
  const clock = new FakeClock();
  const { context, records } = testContext({ clock });
  const begunAt: number[] = [];
  const listener = loopListener(
    (stopping, abandoning) => {
      begunAt.push(clock.monotonicMs());
      return round(stopping, abandoning);
    },
    context,
    options,
  );
  void listener.start(never);
  const said = () => records.filter(({ level }) => level !== 'debug').map(({ level, message }) => `${level}: ${message}`);
  return { clock, listener, begunAt, said, records };
}

describe('a listener that goes round in circles', () => {
  test('pauses as long as each round says', async () => {
    const pauses = [100, 200, 400];
    const { clock, begunAt, listener } = started(async () => pauses.shift() ?? 10_000);
    await clock.advance(5000);
    expect(begunAt).toEqual([0, 100, 300, 700]);
    await listener.stop(never);
  });

  test('does not pause after a round that says nothing', async () => {
    let rounds = 0;
    const { clock, listener } = started(async () => {
      rounds += 1;
      if (rounds === 3) return 10_000;
      return undefined;
    });
    await clock.advance(0);
    expect(rounds).toBe(3);
    await listener.stop(never);
  });

  test('begins the next round at once when it is woken in a pause, and pauses again after that', async () => {
    const { clock, begunAt, listener } = started(async () => 10_000);
    await clock.advance(100);
    listener.wake();
    await clock.advance(9999);
    expect(begunAt).toEqual([0, 100]);
    await listener.stop(never);
  });

  test('does not pause after a round in which it was woken', async () => {
    const rounds: PromiseWithResolvers<number>[] = [];
    const { clock, begunAt, listener } = started(() => {
      const round = Promise.withResolvers<number>();
      rounds.push(round);
      return round.promise;
    });
    await clock.advance(50);
    listener.wake();
    rounds[0]?.resolve(10_000);
    await clock.advance(0);
    expect(begunAt).toEqual([0, 50]);
    rounds[1]?.resolve(10_000);
    await clock.advance(10_000);
    expect(begunAt).toEqual([0, 50, 10_050]);
    rounds[2]?.resolve(0);
    await listener.stop(never);
  });

  test('pauses longer and longer while rounds fail, up to a limit, and says so once; then that it works again, once', async () => {
    let isAway = true;
    const { clock, begunAt, said, listener } = started(
      async () => {
        if (isAway) throw new Error('away');
        return 10_000;
      },
      { longestPauseMs: 5000 },
    );
    await clock.advance(17_000);
    expect(begunAt).toEqual([0, 1000, 3000, 7000, 12_000, 17_000]);
    expect(said()).toEqual(['warning: The listener had to pause.']);
    isAway = false;
    await clock.advance(30_000);
    expect(said()).toEqual(['warning: The listener had to pause.', 'warning: The listener works again.']);
    isAway = true;
    const before = begunAt.length;
    await clock.advance(10_000);
    expect(said()).toHaveLength(3);
    // One at the end of the pause of the last that worked, and the next after the shortest pause again.
    expect((begunAt[before + 1] ?? 0) - (begunAt[before] ?? 0)).toBe(1000);
    await listener.stop(never);
  });

  test('tries again at once when it is woken after a round that failed', async () => {
    const { clock, begunAt, listener } = started(async () => {
      throw new Error('away');
    });
    await clock.advance(100);
    listener.wake();
    await clock.advance(0);
    expect(begunAt).toEqual([0, 100]);
    await listener.stop(never);
  });

  test('ends a pause when it is stopped, and does nothing more', async () => {
    const { clock, begunAt, listener } = started(async () => 10_000);
    await clock.advance(0);
    await listener.stop(never);
    listener.wake();
    await clock.advance(60_000);
    expect(begunAt).toEqual([0]);
  });

  test('ends although the pause would only begin when it is stopped', async () => {
    const round = Promise.withResolvers<number>();
    const { listener } = started(() => round.promise);
    const stopped = listener.stop(never);
    round.resolve(10_000);
    await stopped;
  });

  test('waits for the round that runs, and gives it up when there is no time left', async () => {
    let isGivenUp = false;
    const { listener } = started(async (_stopping, abandoning) => {
      await whenAborted(abandoning);
      isGivenUp = true;
    });
    const patience = new AbortController();
    const stopped = listener.stop(patience.signal);
    expect(isGivenUp).toBe(false);
    patience.abort();
    await stopped;
    expect(isGivenUp).toBe(true);
  });

  test('may be stopped twice, and before it is started', async () => {
    const { listener, begunAt } = started(async () => 10_000);
    await Promise.all([listener.stop(never), listener.stop(never)]);
    expect(begunAt).toEqual([0]);
    const other = loopListener(async () => expect.unreachable(), testContext().context);
    await other.stop(never);
    await other.start(never);
    await other.stop(never);
  });

  test('says nothing of what fails because it is stopped', async () => {
    const { listener, said } = started(async (stopping) => {
      await whenAborted(stopping);
      throw new Error('cut short');
    });
    await listener.stop(never);
    expect(said()).toEqual([]);
  });
});
