// Whether npm run chaos -- --events would notice: each of these is what a run may have found in the end.
import { describe, expect, test } from 'vitest';
import type { Damage } from '../chaos/events/damage.ts';
import type { Run } from '../chaos/events/journal.ts';
import { type Evidence, judge } from '../chaos/events/verdict.ts';
import type { Sent } from '../chaos/events/work.ts';

const HOST = 1;
const PID = 4711;
const NOTHING: Evidence = {
  sent: [],
  unsure: [],
  runs: [],
  damages: [],
  poison: new Map(),
  relayed: new Map(),
  left: new Map(),
};

const work = (more: Partial<Sent> = {}): Sent => ({ source: 'Work', key: 'a', kind: 'plain', text: '', sentMs: -1000, ...more });

const run = (begunMs: number, end: 200 | 500 | 'none' = 200, more: Partial<Run> = {}): Run => ({
  functionName: 'Work',
  key: 'a',
  pid: PID,
  host: HOST,
  begunMs,
  ended: end === 'none' ? undefined : { atMs: begunMs + 100, succeeds: end === 200 },
  ...more,
});

const damage = (kind: Damage['kind'], fromMs: number, more: Partial<Damage> = {}): Damage => ({
  kind,
  fromMs,
  untilMs: fromMs + 500,
  ...more,
});

const once = new Map([['a', 1]]);
const twice = new Map([['a', 2]]);

/** What must hold and does not. */
const failed = (evidence: Partial<Evidence>): string[] =>
  judge({ ...NOTHING, ...evidence })
    .checks.filter(({ holds }) => !holds)
    .map(({ must }) => must);

const LOST = 'messages and blobs lost: 0';
const DOUBLED = 'run again although nothing had happened: 0';
const WRITTEN_TWICE = 'output of a run written twice: 0';
const POISONED = 'in the poison queue without a failure: 0';
const POISONED_TWICE = 'in the poison queue twice although nothing had happened: 0';
const NO_END = 'runs that end nowhere although nothing had happened: 0';
const NOBODYS = 'runs for what nobody has sent: 0';
const TICKED_TWICE = 'seconds in which a timer fires twice although nothing had happened: 0';

describe('one message', () => {
  test.each<[string, Partial<Evidence>, string[]]>([
    ['that was handled', { runs: [run(0)] }, []],
    ['that is nowhere', {}, [LOST]],
    ['that failed, and is nowhere', { runs: [run(0, 500)] }, [LOST]],
    ['that is still in its queue', { left: once }, []],
    ['that failed, and went to the poison queue', { runs: [run(0, 500)], poison: once }, []],
    ['that was handled, and went to the poison queue', { runs: [run(0)], poison: once }, [POISONED]],
    ['that went to the poison queue twice', { runs: [run(0, 500)], poison: twice }, [POISONED_TWICE]],
    [
      'that went to the poison queue twice, since the host was killed',
      { runs: [run(0, 500)], poison: twice, damages: [damage('kill-host', 200, { host: HOST })] },
      [],
    ],
    ['that was handled after a failure', { runs: [run(0, 500), run(1000)] }, []],
    ['that was handled twice', { runs: [run(0), run(1000)] }, [DOUBLED]],
    ['that was handled by two at the same time', { runs: [run(0), run(1, 200, { pid: 1, host: 2 })] }, [DOUBLED]],
    [
      'that was handled twice, since the host was killed before it was deleted',
      { runs: [run(0), run(1000)], damages: [damage('kill-host', 200, { host: HOST })] },
      [],
    ],
    [
      'that was handled twice, although only another host was killed',
      { runs: [run(0), run(1000)], damages: [damage('kill-host', 200, { host: 2 })] },
      [DOUBLED],
    ],
    [
      'that was handled twice, although the host was killed long after it',
      { runs: [run(0), run(100_000)], damages: [damage('kill-host', 50_000, { host: HOST })] },
      [DOUBLED],
    ],
    [
      'that was handled twice, although the host was only asked to stop',
      { runs: [run(0), run(1000)], damages: [damage('stop-host', 50, { host: HOST })] },
      [DOUBLED],
    ],
    [
      'that was handled twice, since storage was away when it was to be deleted',
      { runs: [run(0), run(1000)], damages: [damage('kill-azurite', 50)] },
      [],
    ],
    [
      'whose first run ended with its handler',
      { runs: [run(0, 'none'), run(1000)], damages: [damage('kill-handler', 50, { pid: PID })] },
      [],
    ],
    [
      'whose first run ended with a frozen handler',
      { runs: [run(0, 'none'), run(1000)], damages: [damage('freeze-handler', 50, { pid: PID })] },
      [],
    ],
    [
      'whose first run began in a handler that had just been thawed, and was being ended for having been frozen',
      { runs: [run(0, 'none'), run(1000)], damages: [damage('freeze-handler', -600, { pid: PID })] },
      [],
    ],
    [
      'that was handled, and that a handler took up once it was thawed',
      { runs: [run(0, 200, { pid: 1 }), run(510, 'none')], damages: [damage('freeze-handler', 0, { pid: PID })] },
      [],
    ],
    [
      'that was handled, and that a handler took up long after it was thawed',
      { runs: [run(0, 200, { pid: 1 }), run(900, 'none')], damages: [damage('freeze-handler', 0, { pid: PID })] },
      [DOUBLED],
    ],
    [
      'that was handled, and handled again by a handler once it was thawed, whose answer nobody took',
      { runs: [run(0, 200, { pid: 1 }), run(499)], damages: [damage('freeze-handler', 0, { pid: PID })] },
      [],
    ],
    [
      'that was handled, and handled again while another handler was thawed',
      { runs: [run(0, 200, { pid: 1 }), run(510)], damages: [damage('freeze-handler', 0, { pid: 2 })] },
      [DOUBLED],
    ],
    ['whose first run ended nowhere', { runs: [run(0, 'none'), run(1000)] }, [NO_END]],
  ])('%s', (_, evidence, expected) => {
    expect(failed({ sent: [work()], ...evidence })).toEqual(expected);
  });

  test('that nobody has sent', () => {
    expect(failed({ runs: [run(0)] })).toEqual([NOBODYS]);
  });

  test('that was not acknowledged may be there or not, but once', () => {
    expect(failed({ unsure: [work()] })).toEqual([]);
    expect(failed({ unsure: [work()], runs: [run(0)] })).toEqual([]);
    expect(failed({ unsure: [work()], runs: [run(0), run(1000)] })).toEqual([DOUBLED]);
  });
});

describe('a message that goes on to another queue', () => {
  const sent = [work({ source: 'Relay' })];
  const relay = (begunMs: number, end: 200 | 500 = 200) => run(begunMs, end, { functionName: 'Relay' });

  test.each<[string, Partial<Evidence>, string[]]>([
    ['arrives there', { runs: [relay(0)], relayed: once }, []],
    ['never arrives', { runs: [relay(0)] }, [LOST]],
    ['arrives twice', { runs: [relay(0)], relayed: twice }, [WRITTEN_TWICE]],
    [
      'arrives twice, since the host was killed in between',
      { runs: [relay(0), relay(1000)], relayed: twice, damages: [damage('kill-host', 200, { host: HOST })] },
      [],
    ],
  ])('%s', (_, evidence, expected) => {
    expect(failed({ sent, ...evidence })).toEqual(expected);
  });
});

describe('a version of a blob', () => {
  const sent = [work({ source: 'Files' })];
  const found = (begunMs: number) => run(begunMs, 200, { functionName: 'Files' });

  test.each<[string, Partial<Evidence>, string[]]>([
    ['that was handled', { runs: [found(0)] }, []],
    ['that nobody found', {}, [LOST]],
    ['that was handled twice', { runs: [found(0), found(10_000)] }, [DOUBLED]],
    [
      'that was found twice, since storage went away after it was written',
      { runs: [found(0), found(10_000)], damages: [damage('kill-azurite', -700)] },
      [],
    ],
    [
      'that was handled twice, although storage had been away only before it was written',
      { runs: [found(0), found(10_000)], damages: [damage('kill-azurite', -2000)] },
      [DOUBLED],
    ],
  ])('%s', (_, evidence, expected) => {
    expect(failed({ sent, ...evidence })).toEqual(expected);
  });
});

describe('two runs of a timer in one second', () => {
  const ticks = [
    run(0, 200, { functionName: 'Tick', key: '2026-01-01T00:00:00' }),
    run(5, 200, { functionName: 'Tick', key: '2026-01-01T00:00:00', host: 2, pid: 1 }),
  ];

  test('are one too many', () => {
    expect(failed({ runs: ticks })).toEqual([TICKED_TWICE]);
  });

  test('are one too many also where Azurite was killed, for it remembers who has the lock', () => {
    expect(failed({ runs: ticks, damages: [damage('kill-azurite', -1000)] })).toEqual([TICKED_TWICE]);
  });

  test('in two seconds are none', () => {
    const [first, second] = ticks;
    expect(failed({ runs: [first!, { ...second!, key: '2026-01-01T00:00:01' }] })).toEqual([]);
  });
});
