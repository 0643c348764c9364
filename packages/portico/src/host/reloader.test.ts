import { beforeEach, describe, expect, test } from 'vitest';
import { createLogger, type LogRecord } from '../core/log.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import type { AppChange } from './app-watcher.ts';
import { Reloader, type ReloadSteps } from './reloader.ts';

const SOURCE: AppChange = { file: 'handler.js', app: false, handler: true };
const CONFIG: AppChange = { file: 'host.json', app: true, handler: false };

let clock: FakeClock;
let records: LogRecord[];
/** What was done, in order. */
let done: string[];
let steps: ReloadSteps;
let reloader: Reloader;

function create(reloadsSources = true, overrides: Partial<ReloadSteps> = {}): void {
  steps = {
    readApp: () => {
      done.push('read');
      return true;
    },
    build: async () => {
      done.push('build');
      return true;
    },
    replaceHandler: async () => {
      done.push('replace');
      return true;
    },
    owesBuild: () => false,
    retryHandler: () => void done.push('retry'),
    ...overrides,
  };
  reloader = new Reloader({ reloadsSources, steps, clock, log: createLogger({ log: (record) => void records.push(record) }, 'Test') });
}

/** A step that goes on until the test ends it, or it is interrupted. */
function pending(name: string) {
  const ends = Promise.withResolvers<boolean>();
  return {
    end: () => ends.resolve(true),
    fail: () => ends.resolve(false),
    step: (signal: AbortSignal) => {
      done.push(name);
      signal.addEventListener('abort', () => {
        done.push(`${name} interrupted`);
        ends.resolve(false);
      });
      return ends.promise;
    },
  };
}

const settled = (): Promise<void> => clock.advance(0);
const messages = (): string[] => records.map(({ message }) => message);

beforeEach(() => {
  clock = new FakeClock();
  records = [];
  done = [];
});

describe('a change', () => {
  test('of a source builds and replaces the handler, where sources are watched', async () => {
    create();
    reloader.change(SOURCE);
    await settled();
    expect(done).toEqual(['build', 'replace']);
    expect(messages()).toEqual(['handler.js changed: reloading the handler.', 'The handler was reloaded.']);
  });

  test('of a source gives a handler that has failed another chance, where they are not', async () => {
    create(false);
    reloader.change(SOURCE);
    await settled();
    expect(done).toEqual(['retry']);
  });

  test.each([
    [true, ['read', 'build', 'replace']],
    [false, ['read', 'retry']],
  ])('of the app reads it, and replaces the handler if it is another one: %s', async (another, expected) => {
    create(false, {
      readApp: () => {
        done.push('read');
        return another;
      },
    });
    reloader.change(CONFIG);
    await settled();
    expect(done).toEqual(expected);
  });

  test('whose build fails leaves the handler alone', async () => {
    create(true, { build: async () => false });
    reloader.change(SOURCE);
    await settled();
    expect(done).toEqual([]);
    expect(messages()).toEqual(['handler.js changed: reloading the handler.']);
  });

  test('that cannot be taken over is told, and the next one is', async () => {
    let count = 0;
    create(true, {
      readApp: () => {
        count += 1;
        if (count === 1) throw new Error('no such thing');
        return true;
      },
    });
    reloader.change(CONFIG);
    await settled();
    expect(records).toMatchObject([{ level: 'error', fields: { reason: 'no such thing' } }]);
    reloader.change(CONFIG);
    await settled();
    expect(done).toEqual(['build', 'replace']);
  });
});

describe('a change during a reload', () => {
  test.each(['build', 'replaceHandler'] as const)('interrupts it, in %s, and is one with it', async (name) => {
    const step = pending(name);
    let first = true;
    create(true, {
      [name]: (signal: AbortSignal) => {
        if (first) {
          first = false;
          return step.step(signal);
        }
        done.push(`${name} again`);
        return Promise.resolve(true);
      },
    });
    reloader.change(CONFIG);
    await settled();
    reloader.change(SOURCE);
    reloader.change({ ...SOURCE, file: 'other.js' });
    await settled();
    const before = name === 'build' ? [] : ['build'];
    const after = name === 'build' ? ['build again', 'replace'] : ['build', 'replaceHandler again'];
    // The app is read again as well: what the interrupted reload stood for is not lost.
    expect(done).toEqual(['read', ...before, name, `${name} interrupted`, 'read', ...after]);
    expect(messages().filter((message) => message === 'The handler was reloaded.')).toHaveLength(1);
  });

  test('of the handler only does not read the app again', async () => {
    const build = pending('build');
    create(true, { build: build.step });
    reloader.change(SOURCE);
    await settled();
    reloader.change({ ...SOURCE, file: 'other.js' });
    await settled();
    expect(done).not.toContain('read');
    expect(messages()).toEqual(['handler.js changed: reloading the handler.', 'handler.js changed: reloading the handler.']);
  });
});

describe('a handler that changes a file at each of its starts', () => {
  test('is reloaded at once five times, then with a pause and one warning', async () => {
    create();
    for (let i = 0; i < 5; i++) {
      reloader.change(SOURCE);
      await clock.advance(400);
    }
    expect(done.filter((what) => what === 'replace')).toHaveLength(5);
    expect(records.filter(({ level }) => level === 'warning')).toEqual([]);
    for (let i = 1; i <= 2; i++) {
      reloader.change(SOURCE);
      await clock.advance(1999);
      expect(done.filter((what) => what === 'replace')).toHaveLength(4 + i);
      await clock.advance(1);
      expect(done.filter((what) => what === 'replace')).toHaveLength(5 + i);
    }
    expect(records.filter(({ level }) => level === 'warning')).toMatchObject([
      { code: 'RELOAD_LOOP', message: 'handler.js changes again and again, each time right after the reload that it caused.' },
    ]);
  });

  test.each([
    ['a second apart', { waitMs: 1000, files: ['handler.js'] }],
    ['of different files', { waitMs: 400, files: ['handler.js', 'other.js'] }],
  ])('is not what changes %s are', async (_, { waitMs, files }) => {
    create();
    for (let i = 0; i < 12; i++) {
      reloader.change({ ...SOURCE, file: files[i % files.length] as string });
      await clock.advance(waitMs);
    }
    expect(done.filter((what) => what === 'replace')).toHaveLength(12);
    expect(records.filter(({ level }) => level === 'warning')).toEqual([]);
  });

  test('is interrupted in its pause by another change', async () => {
    create();
    for (let i = 0; i < 5; i++) {
      reloader.change(SOURCE);
      await clock.advance(400);
    }
    reloader.change(SOURCE);
    await clock.advance(100);
    reloader.change(CONFIG);
    await clock.advance(2000);
    expect(done.slice(-3)).toEqual(['read', 'build', 'replace']);
  });
});

describe('an order to reload', () => {
  test.each([true, false])('is carried out whether sources are watched or not: %s', async (reloadsSources) => {
    create(reloadsSources);
    await reloader.reloadHandler('The admin API resumed the host');
    expect(done).toEqual(['build', 'replace']);
    expect(messages()).toEqual(['The admin API resumed the host: reloading the handler.', 'The handler was reloaded.']);
  });

  test('is over only when a change that interrupts it is dealt with too, and is not lost to it', async () => {
    const build = pending('build');
    let count = 0;
    create(false, {
      readApp: () => {
        done.push('read');
        return false;
      },
      build: (signal) => {
        count += 1;
        if (count === 1) return build.step(signal);
        done.push('build again');
        return Promise.resolve(true);
      },
    });
    const ordered = reloader.reloadHandler('The admin API resumed the host').then(() => done.push('over'));
    await settled();
    reloader.change(CONFIG);
    await ordered;
    expect(done).toEqual(['build', 'build interrupted', 'read', 'build again', 'replace', 'over']);
  });
});

describe('a stop', () => {
  test.each(['build', 'replaceHandler'] as const)('interrupts a reload in %s, and waits for its end', async (name) => {
    const step = pending(name);
    create(true, { [name]: step.step });
    reloader.change(SOURCE);
    await settled();
    await reloader.stop();
    reloader.change(CONFIG);
    await settled();
    expect(done.slice(-2)).toEqual([name, `${name} interrupted`]);
  });

  test('right after a change lets nothing come of it', async () => {
    create();
    reloader.change(CONFIG);
    await reloader.stop();
    expect(done).toEqual([]);
  });

  test('interrupts the pause of a loop', async () => {
    create();
    for (let i = 0; i < 6; i++) {
      reloader.change(SOURCE);
      await clock.advance(400);
    }
    await reloader.stop();
    await clock.advance(5000);
    expect(done.filter((what) => what === 'replace')).toHaveLength(5);
  });

  test('is over at once when nothing is under way', async () => {
    create();
    await reloader.stop();
    await reloader.reloadHandler('The admin API resumed the host');
    expect(done).toEqual([]);
  });
});
