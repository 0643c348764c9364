import { describe, expect, test } from 'vitest';
import { expectKilled, runHost } from '../../../../test/support/killed-host.ts';

describe.runIf(process.platform !== 'win32')('a guarded group', () => {
  test('dies with a host that is killed right after it was guarded, and after another was forgotten', async () => {
    const { end, numbers } = runHost(`
      const groups = [startGroup(), startGroup(), startGroup()];
      groups.forEach(print);
      groups.forEach(guardGroup);
      forgetGroup(groups[1]);
      kill(process.pid);`);
    expect(end).toBe('SIGKILL');
    const [first, forgotten, last] = numbers as [number, number, number];
    await expectKilled([first, last], [forgotten]);
  });

  test('has a guard again with the next group after somebody killed the guard', async () => {
    const { numbers } = runHost(`
      const groups = [startGroup(), startGroup()];
      groups.forEach(print);
      guardGroup(groups[0]);
      kill(orphanGuard(process.pid));
      // The host learns of it in its own time.
      setInterval(() => {
        if (orphanGuard(process.pid)) kill(process.pid);
        guardGroup(groups[1]);
      }, 1);`);
    await expectKilled(numbers, []);
  });

  test('has a guard again, without a further group, when somebody kills a guard that had lived for a second', async () => {
    const { end, numbers } = runHost(`
      const group = startGroup();
      print(group);
      guardGroup(group);
      const first = orphanGuard(process.pid);
      const now = performance.now.bind(performance);
      performance.now = () => now() + 1000;
      kill(first);
      setInterval(() => {
        if (![undefined, first].includes(orphanGuard(process.pid))) kill(process.pid);
      }, 1);`);
    expect(end).toBe('SIGKILL');
    await expectKilled(numbers, []);
  });

  test('has none until the next group when the guard lived for less: nothing is started over and over', () => {
    const { end, numbers } = runHost(`
      performance.now = () => 0;
      const group = startGroup();
      guardGroup(group);
      kill(orphanGuard(process.pid));
      const timer = setInterval(() => {
        if (orphanGuard(process.pid)) return;
        clearInterval(timer);
        // Whoever starts another does so when it learns of the end, which is by now.
        setTimeout(() => {
          print(orphanGuard(process.pid) ?? 0);
          kill(group);
          process.exit();
        }, 50);
      }, 1);`);
    expect({ end, numbers }).toEqual({ end: 0, numbers: [0] });
  });

  test('leaves no guard behind when it is the last to be forgotten', async () => {
    const { end, numbers } = runHost(`
      const groups = [startGroup(), startGroup()];
      groups.forEach(guardGroup);
      print(orphanGuard(process.pid));
      groups.forEach(forgetGroup);
      const timer = setInterval(() => orphanGuard(process.pid) || clearInterval(timer), 1);
      groups.forEach(kill);`);
    expect({ end, numbers }).toEqual({ end: 0, numbers: [expect.any(Number)] });
  });
});
