import { describe, expect, test } from 'vitest';
import { FakeDescriptor } from '../../../../test/support/fake-program.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { OutputQueue } from './output-queue.ts';

describe('OutputQueue', () => {
  test('writes the lines of 25 ms in one go', async () => {
    const { queue, descriptor, clock } = setUp();
    queue.writeLine('one');
    queue.writeLine('two');
    await clock.advance(24);
    expect(descriptor.attemptCount).toBe(0);
    await clock.advance(1);
    expect(descriptor).toMatchObject({ text: 'one\ntwo\n', attemptCount: 1 });
    queue.writeLine('three');
    await clock.advance(25);
    expect(descriptor).toMatchObject({ text: 'one\ntwo\nthree\n', attemptCount: 2 });
  });

  test('writes at once when 64 KiB have gathered', () => {
    const { queue, descriptor } = setUp();
    const line = 'x'.repeat(1023);
    for (let count = 0; count < 63; count++) queue.writeLine(line);
    expect(descriptor.attemptCount).toBe(0);
    queue.writeLine(line);
    expect(descriptor).toMatchObject({ attemptCount: 1, text: `${line}\n`.repeat(64) });
  });

  test('takes up again where a partial write ended', async () => {
    const { queue, descriptor, clock } = setUp();
    descriptor.roomBytes = 3;
    queue.writeLine('grüße');
    await clock.advance(25);
    expect(descriptor.text).toBe('gr\u00c3');
    descriptor.roomBytes = 100;
    await clock.advance(5);
    expect(descriptor.lines).toEqual(['grüße']);
  });

  test('asks a reader that takes nothing every 5 ms, not for every line', async () => {
    const { queue, descriptor, clock } = setUp();
    descriptor.roomBytes = 0;
    queue.writeLine('x'.repeat(70_000));
    expect(descriptor.attemptCount).toBe(1);
    for (let count = 0; count < 1000; count++) queue.writeLine('x');
    expect(descriptor.attemptCount).toBe(1);
    await clock.advance(45);
    expect(descriptor.attemptCount).toBe(6);
  });

  test('keeps a megabyte for a slow reader, counts what it drops and says so where it is missing', async () => {
    const { queue, descriptor, clock } = setUp();
    descriptor.roomBytes = 0;
    for (let number = 0; number < 3000; number++) queue.writeLine(String(number).padEnd(999, '.'));
    descriptor.roomBytes = Number.POSITIVE_INFINITY;
    await clock.advance(25);
    expect(Buffer.byteLength(descriptor.text)).toBeLessThanOrEqual(1024 * 1024);
    const keptCount = descriptor.lines.length;
    expect(keptCount).toBeGreaterThan(1000);

    await clock.advance(5);
    queue.writeLine('next');
    await clock.advance(25);
    expect(descriptor.lines.map((line) => line.replace(/\.+$/, ''))).toEqual([
      ...Array.from({ length: keptCount }, (_, number) => String(number)),
      `(${3000 - keptCount} lost)`,
      'next',
    ]);
  });

  test('drops a line that is larger than the whole backlog', async () => {
    const { queue, descriptor, clock } = setUp();
    queue.writeLine('x'.repeat(1024 * 1024));
    queue.writeLine('next');
    await clock.advance(25);
    expect(descriptor.lines).toEqual(['(1 lost)', 'next']);
  });

  test('forgets everything when nobody reads any more', async () => {
    const { queue, descriptor, clock } = setUp();
    descriptor.roomBytes = 0;
    descriptor.refusal = 'EPIPE';
    queue.writeLine('one');
    await clock.advance(25);
    queue.writeLine('two');
    await clock.advance(1000);
    queue.flushBeforeExit();
    expect(descriptor.attemptCount).toBe(1);
  });

  test('writes what is left before the process ends, the count of lost lines included', () => {
    const { queue, descriptor } = setUp();
    queue.writeLine('x'.repeat(1024 * 1024));
    queue.flushBeforeExit();
    expect(descriptor.lines).toEqual(['(1 lost)']);
    queue.writeLine('last');
    queue.flushBeforeExit();
    expect(descriptor.lines).toEqual(['(1 lost)', 'last']);
  });

  test('waits for a slow reader before the process ends, though not for ever', () => {
    const { queue, descriptor } = setUp();
    descriptor.roomBytes = 0;
    queue.writeLine('last');
    queue.flushBeforeExit();
    expect(descriptor).toMatchObject({ text: '', attemptCount: 102 });
  });
});

function setUp() {
  const descriptor = new FakeDescriptor();
  const clock = new FakeClock();
  return { descriptor, clock, queue: new OutputQueue({ descriptor, clock, describeLoss: (lineCount) => `(${lineCount} lost)` }) };
}
