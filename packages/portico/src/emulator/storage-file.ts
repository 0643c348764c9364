// storage.json: where the emulator of an app is. For other hosts of the app, for the next start, and for people with a tool that asks for a connection string.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../platform/replace-file.ts';
import { type EmulatorPorts, endpointsAt } from './endpoints.ts';

const NAME = 'storage.json';

/** Undefined: there is none, or it says nothing. */
export function readStorageFile(folder: string): EmulatorPorts | undefined {
  try {
    const { ports } = JSON.parse(readFileSync(join(folder, NAME), 'utf8')) as { ports?: Partial<Record<keyof EmulatorPorts, unknown>> };
    const { blob, queue, table } = ports ?? {};
    return isPort(blob) && isPort(queue) && isPort(table) ? { blob, queue, table } : undefined;
  } catch {
    // Written anew at the next start.
    return undefined;
  }
}

export async function writeStorageFile(folder: string, ports: EmulatorPorts): Promise<void> {
  const { connectionString } = endpointsAt(ports);
  await replaceFile(join(folder, NAME), `${JSON.stringify({ ports, connectionString }, undefined, 2)}\n`);
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536;
}
