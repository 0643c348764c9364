import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { describeStateStore } from '../../../../test/support/state-store-suite.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import type { Receipt } from '../core/state-store.ts';
import { stateFolder } from '../platform/state-folder.ts';
import { systemRandom } from '../platform/system-random.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { openSqliteState } from './sqlite-state.ts';

const signal = new AbortController().signal;
const LEASE_MS = 15_000;

function temporaryRoot(): string {
  return mkdtempSync(join(tmpdir(), 'portico-state-'));
}

function openIn(root: string, clock = new FakeClock(), records: LogRecord[] = []) {
  const log = createLogger({ log: (record) => void records.push(record) }, 'Host.State');
  const folder = stateFolder({ root, stateHome: () => join(root, 'home'), log });
  return openSqliteState({ folder, clock, random: systemRandom, log });
}

describeStateStore('SQLite state', async () => {
  const root = temporaryRoot();
  const clock = new FakeClock();
  const open = () => ({ place: 'here', isLocal: true, ...openIn(root, clock) });
  const thief = open();
  return {
    clock,
    open,
    renewed: async () => {},
    async steal(path) {
      const database = new DatabaseSync(join(root, '.portico', 'state.db'));
      database.prepare('DELETE FROM hold WHERE path = ?').run(path);
      database.close();
      await thief.leases.acquire(path, LEASE_MS, signal);
    },
    async dispose() {
      await thief.close();
      rmSync(root, { recursive: true });
    },
  };
});

describe('a state file', () => {
  let root: string;
  let file: string;
  const records: LogRecord[] = [];

  beforeEach(() => {
    root = temporaryRoot();
    file = join(root, '.portico', 'state.db');
    records.length = 0;
  });
  afterEach(() => {
    chmodSync(root, 0o700);
    rmSync(root, { recursive: true });
  });
  const open = (clock?: FakeClock) => {
    const state = openIn(root, clock, records);
    onTestFinished(() => state.close());
    return state;
  };

  test('is made by the first call, in a folder that Git ignores', async () => {
    const state = open();
    expect(readdirSync(root)).toEqual([]);
    expect(await state.documents.read('timers/a', signal)).toBeUndefined();
    expect(readFileSync(join(root, '.portico', '.gitignore'), 'utf8')).toBe('*\n');
    expect(existsSync(file)).toBe(true);
  });

  test('keeps what was written, over a restart', async () => {
    const before = open();
    await before.documents.write('timers/a', 'text', signal);
    await ((await before.receipts.claim('blobreceipts/a', signal)) as Receipt).complete();
    await before.close();
    const after = open();
    expect(await after.documents.read('timers/a', signal)).toBe('text');
    expect(await after.receipts.claim('blobreceipts/a', signal)).toBe('done');
  });

  test('lets a lease of a holder elsewhere run out', async () => {
    const clock = new FakeClock();
    const state = open(clock);
    await state.leases.acquire('locks/a', LEASE_MS, signal);
    const database = new DatabaseSync(file);
    database.exec("UPDATE hold SET token = 'of another machine', machine = 'another', pid = 1, started = '1'");
    database.close();
    await clock.advance(LEASE_MS - 1);
    expect(await state.leases.acquire('locks/a', LEASE_MS, signal)).toBeUndefined();
    await clock.advance(1);
    expect(await state.leases.acquire('locks/a', LEASE_MS, signal)).toBeDefined();
  });

  test('takes no lease for held that ends later than any can: the clock was set back', async () => {
    const clock = new FakeClock();
    const state = open(clock);
    await state.leases.acquire('locks/a', LEASE_MS, signal);
    const database = new DatabaseSync(file);
    database.exec("UPDATE hold SET token = 'other', machine = 'another', expires_at = expires_at + 3600000");
    database.close();
    expect(await state.leases.acquire('locks/a', LEASE_MS, signal)).toBeDefined();
  });

  test('leaves a lease to a holder that lives, although the clock was set back', async () => {
    const clock = new FakeClock();
    const [one, other] = [open(clock), open(clock)];
    await one.leases.acquire('locks/a', LEASE_MS, signal);
    const receipt = await one.receipts.claim('blobreceipts/a', signal);
    expect(receipt).toBeTypeOf('object');
    setBack();
    expect(await other.leases.acquire('locks/a', LEASE_MS, signal)).toBeUndefined();
    // Nobody renews a receipt, so nobody knows for how long it would be held.
    expect(await other.receipts.claim('blobreceipts/a', signal)).toBeTypeOf('object');
    await clock.advance(LEASE_MS / 2);
    expect(await other.leases.acquire('locks/a', LEASE_MS, signal)).toBeUndefined();
    setBack("started = 'before'");
    expect(await other.leases.acquire('locks/a', LEASE_MS, signal)).toBeDefined();
  });

  function setBack(also = 'done = done'): void {
    const database = new DatabaseSync(file);
    database.exec(`UPDATE hold SET expires_at = expires_at + 3600000, ${also}`);
    database.close();
  }

  test('is not opened again by a receipt that comes after the end', async () => {
    const state = open();
    const [late, dropped] = [
      (await state.receipts.claim('blobreceipts/a', signal)) as Receipt,
      (await state.receipts.claim('blobreceipts/b', signal)) as Receipt,
    ];
    await state.leases.acquire('locks/a', LEASE_MS, signal);
    await state.close();
    await state.close();
    rmSync(join(root, '.portico'), { recursive: true });
    await expect(late.complete()).rejects.toMatchObject({ code: 'STATE_CLOSED' });
    await expect(dropped.release()).rejects.toMatchObject({ code: 'STATE_CLOSED' });
    expect(readdirSync(root)).toEqual([]);
  });

  test('gives a receipt to the next one after 30 seconds, and is done whoever completes it', async () => {
    const clock = new FakeClock();
    const [one, other] = [open(clock), open(clock)];
    const late = (await one.receipts.claim('blobreceipts/a', signal)) as Receipt;
    await clock.advance(29_999);
    expect(await other.receipts.claim('blobreceipts/a', signal)).toBe('taken');
    await clock.advance(1);
    const next = (await other.receipts.claim('blobreceipts/a', signal)) as Receipt;
    await late.complete();
    await next.release();
    expect(await other.receipts.claim('blobreceipts/a', signal)).toBe('done');
  });

  test.each([
    ['that is no database', () => writeFileSync(file, 'no database at all'.repeat(500))],
    ['with a broken page', () => breakPages(file)],
  ])('%s is set aside with a warning, and a new one begins', async (_, spoil) => {
    const first = open();
    for (let i = 0; i < 200; i += 1) await first.documents.write(`timers/${i}`, 'text'.repeat(100), signal);
    await first.close();
    spoil();
    const spoilt = readFileSync(file);
    const state = open();
    const written = await state.documents.write('timers/7', 'new', signal).then(() => state.documents.read('timers/7', signal));
    expect(written).toBe('new');
    const kept = readdirSync(join(root, '.portico')).find((name) => name.startsWith('state.db.broken-2026-01-01T'));
    expect(readFileSync(join(root, '.portico', kept!)).equals(spoilt)).toBe(true);
    expect(records.map(({ level, code }) => [level, code])).toEqual([['warning', 'STATE_BROKEN']]);
    expect(records[0]?.hint).toContain(kept);
  });

  test('that is deleted under a running host is made anew, and the host keeps its leases', async () => {
    const clock = new FakeClock();
    const [one, other] = [open(clock), open(clock)];
    const lease = await one.leases.acquire('locks/a', LEASE_MS, signal);
    rmSync(join(root, '.portico'), { recursive: true });
    await clock.advance(LEASE_MS / 2);
    expect(lease?.lost.aborted).toBe(false);
    expect(await other.leases.acquire('locks/a', LEASE_MS, signal)).toBeUndefined();
    await one.documents.write('timers/a', 'text', signal);
    expect(await other.documents.read('timers/a', signal)).toBe('text');
  });

  test('that another program holds is waited for, then there is an error that names it', async () => {
    const clock = new FakeClock();
    const state = open(clock);
    await state.documents.write('timers/a', 'text', signal);
    const database = new DatabaseSync(file);
    database.exec('BEGIN EXCLUSIVE');
    const failed = expect(state.documents.write('timers/a', 'other', signal)).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      hint: expect.stringContaining(`lsof ${file}`),
    });
    await clock.advance(10_000);
    await failed;
    const written = state.documents.write('timers/a', 'other', signal);
    database.exec('ROLLBACK');
    database.close();
    await clock.advance(400);
    await written;
    expect(await state.documents.read('timers/a', signal)).toBe('other');
  });

  test('that cannot be written to is an error that names it', async () => {
    const state = open();
    await state.documents.write('timers/a', 'text', signal);
    await state.close();
    // A folder in its place, because whoever runs tests as root may write to anything else.
    rmSync(file);
    rmSync(join(root, '.portico'), { recursive: true });
    writeFileSync(join(root, '.portico'), '');
    await expect(open().documents.write('timers/a', 'text', signal)).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
      message: expect.stringContaining(join(root, '.portico')),
    });
  });
});

describe.runIf(process.platform !== 'win32')('two processes with one state file', () => {
  const MODULES = new URL('../', import.meta.url);

  /** Prints a line for each thing that happens; does what it reads. */
  function startHost(root: string) {
    const program = `
      import { createInterface } from 'node:readline';
      import { openState } from '${new URL('state/open-state.ts', MODULES)}';
      const log = new Proxy({}, { get: () => () => {} });
      const state = openState({ root: ${JSON.stringify(root)}, settings: {}, log });
      const never = new AbortController().signal;
      let lease;
      console.log('up');
      for await (const line of createInterface({ input: process.stdin })) {
        if (line === 'acquire') console.log((lease = await state.leases.acquire('locks/a', 60000, never)) ? 'held' : 'elsewhere');
        if (line === 'release') console.log(await lease.release());
        if (line === 'fight') {
          let wins = 0;
          for (let i = 0; i < 200; i += 1) {
            const won = await state.leases.acquire('locks/' + i, 60000, never);
            if (won) wins += 1;
          }
          console.log(String(wins));
        }
      }
      await state.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let noise = '';
    child.stderr.on('data', (chunk) => {
      noise += chunk;
    });
    const lines = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
    let rest = '';
    const next = async (): Promise<string> => {
      while (!rest.includes('\n')) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`It ended: ${noise}`);
        rest += value;
      }
      const [line = '', ...others] = rest.split('\n');
      rest = others.join('\n');
      return line;
    };
    return {
      child,
      next,
      ask: (line: string): Promise<string> => {
        child.stdin.write(`${line}\n`);
        return next();
      },
      noise: () => noise,
    };
  }

  test('never hold one lease together, and one that is killed holds nothing any more', async () => {
    const root = temporaryRoot();
    onTestFinished(() => rmSync(root, { recursive: true }));
    const [one, other] = [startHost(root), startHost(root)];
    expect([await one.next(), await other.next()]).toEqual(['up', 'up']);
    const wins = await Promise.all([one.ask('fight'), other.ask('fight')]);
    expect(Number(wins[0]) + Number(wins[1])).toBe(200);
    expect(await one.ask('acquire')).toBe('held');
    expect(await other.ask('acquire')).toBe('elsewhere');
    one.child.kill('SIGKILL');
    await once(one.child, 'exit');
    expect(await other.ask('acquire')).toBe('held');
    expect(one.noise() + other.noise()).toBe('');
  });

  test('stop by themselves when they close their state', async () => {
    const root = temporaryRoot();
    onTestFinished(() => rmSync(root, { recursive: true }));
    const host = startHost(root);
    await host.next();
    await host.ask('acquire');
    host.child.stdin.end();
    expect(await once(host.child, 'exit')).toEqual([0, null]);
  });
});

/** All but the first, which says what the file is. */
function breakPages(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096);
  writeFileSync(file, bytes);
}
