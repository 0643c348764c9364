import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emulatorFailed } from '../core/errors/emulator.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { startAzuriteProcess } from './azurite-process.ts';
import { ANY_PORTS } from './endpoints.ts';

test('an Azurite that does not come to listen is ended, and the error says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-azurite-process-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bundle = join(folder, 'azurite.cjs');
  writeFileSync(bundle, `console.log('Reading …'); setInterval(() => {}, 1000);`);
  const clock = new FakeClock();
  let says = (): void => {};
  const said = new Promise<void>((resolve) => {
    says = resolve;
  });
  const options = { bundle, folder: undefined, ports: ANY_PORTS, clock, onLine: () => says() };
  const starting = startAzuriteProcess(options, new AbortController().signal);
  await said;
  await clock.advance(60_000);
  const started = await starting;
  expect(started).toMatchObject({ status: 'failed', waitedMs: 60_000, exit: { signal: 'SIGKILL' } });
  if (started.status !== 'failed') return;
  expect(emulatorFailed(started).message).toBe(
    'The storage emulator did not start. It did not listen within 60000 ms and was ended with SIGKILL. Its last output was:\nReading …',
  );
});
