import { AZURE_HOST_VERSION } from '../core/azure.ts';
import type { Admission } from '../http/admission.ts';
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

/** What `?expand=true` adds, which Azure has no words for: the processes of the handler, what runs and waits, and whether a change on disk is being taken over. */
export function describeLoad({ handlers, served, work, reloads, draining }: AdminHost): Record<string, unknown> {
  const functions = served.functions.flatMap(({ name, admission }) =>
    admission === undefined ? [] : [{ name, ...describeQueue(admission) }],
  );
  return {
    handlers,
    reloads,
    draining,
    requests: { underWay: work.count, retrying: work.retryCount, ...(served.admission && describeQueue(served.admission)) },
    functions,
  };
}

function describeQueue({ runningCount, waitingCount, limits }: Admission): Record<string, number> {
  return { running: runningCount, waiting: waitingCount, ...limits };
}
