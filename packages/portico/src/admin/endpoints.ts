// Everything that is answered below /admin and /runtime, one line each; the first that fits counts.
// What is not here is 404 for everybody, as an unknown path is on Azure.
import { type Endpoint, on } from './endpoint.ts';
import { answerBundle } from './extension-bundle.ts';
import { deleteFunction, putFunction } from './function-changes.ts';
import { answerFunction, answerFunctionStatus, answerFunctions } from './function-endpoints.ts';
import { answerLive, answerReady, answerStartup, healthPolicy } from './health.ts';
import * as host from './host-endpoints.ts';
import { answerState } from './host-state-endpoint.ts';
import { functionKeys, hostKeys, keyEndpoints, systemKeys } from './keys-api.ts';
import { answerInvocation } from './manual-invocation.ts';
import { answerPostedLog } from './posted-log.ts';
import { answerWebhook } from './webhooks.ts';

/** Most hosts are never asked for files, and need not load how to read them. */
const files = () => import('./app-files-api.ts');

export const ENDPOINTS: readonly Endpoint[] = [
  on('GET POST', 'admin/host/ping', 'open', host.answerPing),
  on('GET', 'admin/host/status', 'admin', host.answerStatus),
  on('GET', 'admin/host/processes', 'admin', host.answerProcesses),
  on('POST', 'admin/host/drain', 'admin', host.answerDrain),
  on('GET', 'admin/host/drain/status', 'admin', host.answerDrainStatus),
  on('POST', 'admin/host/resume', 'admin', host.answerResume),
  on('POST', 'admin/host/restart', 'admin', host.answerRestart),
  on('PUT', 'admin/host/state', 'admin', answerState),
  on('POST', 'admin/host/synctriggers', 'admin', host.answerSyncTriggers),
  on('POST', 'admin/host/log', 'admin', answerPostedLog),
  on('GET', 'admin/host/config', 'admin', host.answerConfig),
  on('GET', 'admin/host/extensions', 'admin', host.answerExtensions),
  on('POST', 'admin/host/debug', 'admin', host.answerDebug),
  on('GET', 'admin/host/extensionbundle/v1/{name}', 'admin', answerBundle),
  ...keyEndpoints('admin/host/keys', hostKeys),
  ...keyEndpoints('admin/host/functionkeys', hostKeys),
  ...keyEndpoints('admin/host/systemkeys', systemKeys),

  on('GET', 'admin/functions', 'admin', answerFunctions),
  on('GET', 'admin/functions/download', 'admin', async (request) => (await files()).answerDownload(request)),
  on('GET', 'admin/functions/{name}', 'admin', answerFunction),
  on('POST', 'admin/functions/{name}', 'admin', answerInvocation),
  on('PUT', 'admin/functions/{name}', 'admin', putFunction),
  on('DELETE', 'admin/functions/{name}', 'admin', deleteFunction),
  on('GET', 'admin/functions/{name}/status', 'admin', answerFunctionStatus),
  ...keyEndpoints('admin/functions/{name}/keys', functionKeys),

  on('GET POST', 'admin/warmup', 'admin', host.answerWarmup),
  on('GET HEAD', 'admin/vfs/*', 'admin', async (request) => (await files()).answerFiles(request)),
  on('PUT DELETE', 'admin/vfs/*', 'admin', async (request) => (await files()).refuseToWrite(request)),
  on('GET HEAD', 'admin/zip/*', 'admin', async (request) => (await files()).answerZip(request)),
  on('PUT DELETE', 'admin/zip/*', 'admin', async (request) => (await files()).refuseToWrite(request)),

  on('GET POST PUT DELETE OPTIONS', 'runtime/webhooks/{extension}/*', 'webhook', answerWebhook),

  on('GET HEAD', 'runtime/health', healthPolicy, answerReady),
  on('GET HEAD', 'runtime/health/live', healthPolicy, answerLive),
  on('GET HEAD', 'runtime/health/ready', healthPolicy, answerReady),
  on('GET HEAD', 'runtime/health/startup', healthPolicy, answerStartup),
  // Metrics for Prometheus come here; for /metrics itself http/request-target.ts would have to give that path to the host.
];
