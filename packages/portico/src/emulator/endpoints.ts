// Where an emulator is, and how a storage library is told.
import type { EmulatorEndpoints } from '../core/extension.ts';

export type EmulatorPorts = { readonly blob: number; readonly queue: number; readonly table: number };

export const EMULATOR_HOST = '127.0.0.1';

/** Where tools look for an emulator. https://learn.microsoft.com/azure/storage/common/storage-connect-azurite */
export const WELL_KNOWN_PORTS: EmulatorPorts = { blob: 10000, queue: 10001, table: 10002 };

export const ANY_PORTS: EmulatorPorts = { blob: 0, queue: 0, table: 0 };

// The account that every emulator has, and its published key; it opens nothing else.
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export function endpointsAt(ports: EmulatorPorts): EmulatorEndpoints {
  const at = (port: number): string => `http://${EMULATOR_HOST}:${port}/${ACCOUNT}`;
  const [blob, queue, table] = [at(ports.blob), at(ports.queue), at(ports.table)];
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${blob};QueueEndpoint=${queue};TableEndpoint=${table};`;
  return { connectionString, blob, queue, table };
}
