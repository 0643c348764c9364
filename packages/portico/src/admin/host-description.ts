import { AZURE_HOST_VERSION } from '../core/azure.ts';
import type { AdminHost } from './admin-api.ts';

/** The body of GET /admin/host/status. Empty texts are what a host off Azure says. */
export function describeHost({ hostId, state, errors, uptimeMs }: AdminHost): Record<string, unknown> {
  return {
    id: hostId,
    state,
    version: AZURE_HOST_VERSION,
    versionDetails: AZURE_HOST_VERSION.replace(/\.0$/, ''),
    platformVersion: '',
    instanceId: '',
    computerName: '',
    ...(errors.length > 0 && { errors }),
    processUptime: Math.round(uptimeMs),
    functionAppContentEditingState: 'Unknown',
  };
}
