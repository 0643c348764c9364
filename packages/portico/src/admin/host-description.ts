// What the host says of itself, as JSON.
import { AZURE_HOST_VERSION } from '../core/azure.ts';
import type { HostConfig } from '../core/function-app.ts';
import type { Admission } from '../http/admission.ts';
import type { AdminHost } from './admin-host.ts';

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

export function describeDrain({ draining, work }: AdminHost): Record<string, unknown> {
  const outstandingRetries = work.retryCount;
  const outstandingInvocations = work.count - outstandingRetries;
  const state = !draining ? 'Disabled' : work.count > 0 ? 'InProgress' : 'Completed';
  return { state, outstandingInvocations, outstandingRetries };
}

/** An entry of GET /admin/host/processes. Nothing of Azure's can debug it, so no engine is named. */
export function describeProcess({ processId }: AdminHost): Record<string, unknown> {
  return { processId, processName: 'node', isEligibleForOpenInBrowser: false };
}

/** The body of POST /admin/host/restart. A place that the app does not name is empty. */
export function describePlaces({ app: { root, settings }, temporaryFolder }: AdminHost): Record<string, unknown> {
  return {
    isSelfHost: true,
    secretsPath: settings.FUNCTIONS_SECRETS_PATH ?? '',
    scriptPath: root,
    logPath: settings.FUNCTIONS_LOG_PATH ?? '',
    testDataPath: `${temporaryFolder}/FunctionsData`,
  };
}

/** The body of GET /admin/host/config. What this host has no setting for is as it is on Azure by default. */
export function describeConfig({ http }: HostConfig): Record<string, unknown> {
  const { maxConcurrentRequests, maxOutstandingRequests, routePrefix } = http;
  return {
    extensions: {
      http: {
        dynamicThrottlesEnabled: false,
        enableChunkedRequestBinding: false,
        maxConcurrentRequests,
        maxOutstandingRequests,
        routePrefix,
      },
    },
    concurrency: {
      dynamicConcurrencyEnabled: false,
      maximumFunctionConcurrency: 500,
      cpuThreshold: 0.8,
      snapshotPersistenceEnabled: true,
    },
  };
}
