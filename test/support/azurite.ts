// Azurite for tests: the one that Portico starts, on ports that are free.
import { fileURLToPath } from 'node:url';
import { startAzuriteProcess } from '../../packages/portico/src/emulator/azurite-process.ts';
import { ANY_PORTS, type EmulatorPorts, endpointsAt } from '../../packages/portico/src/emulator/endpoints.ts';
import { systemClock } from '../../packages/portico/src/platform/system-clock.ts';
import { needs } from './requirements.ts';

export const AZURITE_BUNDLE = fileURLToPath(new URL('../../packages/portico/dist/azurite.cjs', import.meta.url));

export type Azurite = Awaited<ReturnType<typeof startAzurite>>;

/** Long enough to save what a test leaves. */
const STOP_MS = 10_000;

/**
 * `folder`: where its data is; in memory when undefined. `ports`: 0 is any.
 * Tests that need it are skipped where it cannot be made: `describe.skipIf(needs('azurite'))`.
 */
export async function startAzurite({ folder, ports = ANY_PORTS }: { folder?: string; ports?: EmulatorPorts } = {}) {
  const missing = needs('azurite');
  if (missing !== undefined) throw new Error(missing);
  const started = await startAzuriteProcess({ bundle: AZURITE_BUNDLE, folder, ports, clock: systemClock }, new AbortController().signal);
  if (started.status !== 'listening') throw new Error(`Azurite did not start: ${JSON.stringify(started)}`);
  return {
    connectionString: endpointsAt(started.ports).connectionString,
    blobPort: started.ports.blob,
    queuePort: started.ports.queue,
    tablePort: started.ports.table,
    pid: started.process.pid,
    /** What it said last. */
    lines: started.lastLines,
    /** Saves. */
    stop: () => started.process.stop(STOP_MS),
    /** SIGKILL. */
    kill: () => started.process.stop(0),
  };
}
