import { spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { spawnChild } from './child-process.ts';
import { groupIsAlive } from './process-group.ts';
import { systemClock } from './system-clock.ts';

const PATIENCE_MS = 20_000;

type Line = [stream: string, text: string];

async function spawnScript(script: string, clock = systemClock) {
  const lines: Line[] = [];
  const child = await spawnChild({
    file: 'sh',
    args: ['-c', script],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', GREETING: 'grüße' },
    clock,
    onLine: (stream, text) => lines.push([stream, text]),
  });
  const printed = (text: string): Promise<void> => vi.waitFor(() => expect(lines.map(([, line]) => line)).toContain(text), PATIENCE_MS);
  return { child, lines, printed };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie has ended: it only waits for its parent to notice.
  return (
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .stdout.trim()
      .startsWith('Z') === false
  );
}

describe.runIf(process.platform !== 'win32')('child process', () => {
  test('gives its environment, directory and lines, and its exit code after the last line', async () => {
    const { child, lines } = await spawnScript('echo "$GREETING"; pwd; printf "no end" >&2; exit 7');
    expect(await child.exited).toEqual({ code: 7, signal: undefined });
    expect(lines.filter(([stream]) => stream === 'stdout')).toEqual([
      ['stdout', 'grüße'],
      ['stdout', '/'],
    ]);
    expect(lines).toContainEqual(['stderr', 'no end']);
  });

  test('tells the signal that ended it', async () => {
    const { child } = await spawnScript('kill -KILL $$');
    expect(await child.exited).toEqual({ code: undefined, signal: 'SIGKILL' });
  });

  test('rejects when there is no such program', async () => {
    const options = { file: '/no/such/program', args: [], cwd: '/', env: {}, clock: systemClock, onLine: () => {} };
    await expect(spawnChild(options)).rejects.toThrow('ENOENT');
    await expect(spawnChild({ ...options, file: 'a\0b' })).rejects.toThrow();
  });

  test('lets the whole group end by itself when it is stopped', async () => {
    const { child, lines, printed } = await spawnScript(`
      sh -c 'trap "sleep 0.1; echo grandchild done; exit" TERM; echo up; while :; do sleep 0.01; done' &
      trap 'exit 3' TERM; wait`);
    await printed('up');
    expect(await child.stop(10_000)).toEqual({ code: 3, signal: undefined });
    expect(lines).toContainEqual(['stdout', 'grandchild done']);
  });

  test('kills what does not end in time', async () => {
    const clock = new FakeClock();
    const { child, printed } = await spawnScript('trap "" TERM; echo up; while :; do sleep 0.01; done', clock);
    await printed('up');
    const stopped = child.stop(5000);
    await clock.advance(4999);
    expect(isAlive(child.pid)).toBe(true);
    await clock.advance(1);
    expect(await stopped).toEqual({ code: undefined, signal: 'SIGKILL' });
  });

  test('is killed at once by a second stop without grace', async () => {
    const { child, printed } = await spawnScript('trap "" TERM; echo up; while :; do sleep 0.01; done', new FakeClock());
    await printed('up');
    const first = child.stop(60_000);
    await child.stop(0);
    expect(await first).toEqual({ code: undefined, signal: 'SIGKILL' });
    expect(await child.stop(0)).toEqual(await first);
  });

  test('takes along what it started when it ends by itself', async () => {
    const { child, lines } = await spawnScript('sleep 1000 & echo $!; exit 0');
    await child.exited;
    const grandchild = Number(lines[0]?.[1]);
    await vi.waitFor(() => expect(isAlive(grandchild)).toBe(false), PATIENCE_MS);
  });

  test('does not wait for the output of a process that left the group', async () => {
    const { child, lines } = await spawnScript('setsid sh -c "echo \\$\\$; kill $$; exec sleep 1000" & wait');
    await child.exited;
    const survivor = Number(lines[0]?.[1]);
    expect(isAlive(survivor)).toBe(true);
    process.kill(survivor, 'SIGKILL');
  });

  test('dies with a host that exits without stopping it', async () => {
    const program = `
      const { spawnChild } = await import(${JSON.stringify(new URL('./child-process.ts', import.meta.url).href)});
      const clock = { monotonicMs: () => 0, now: () => new Date(), sleep: () => new Promise(() => {}) };
      const child = await spawnChild({ file: 'sh', args: ['-c', 'sleep 1000 & wait'], cwd: '/', env: { PATH: process.env.PATH }, clock, onLine() {} });
      process.stdout.write(String(child.pid), () => process.exit(0));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(Number(stdout)).toBeGreaterThan(0);
    await vi.waitFor(() => expect(groupIsAlive(Number(stdout))).toBe(false), PATIENCE_MS);
  });
});
