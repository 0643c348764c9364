// A handler as host.json describes it: `node`, started in the app's folder, in payload mode.
import type { HandlerConfig } from '../../packages/portico/src/core/function-app.ts';

export function handlerConfig(more: Partial<HandlerConfig> = {}): HandlerConfig {
  return {
    section: 'customHandler',
    executablePath: 'node',
    arguments: [],
    workerPath: undefined,
    workerArguments: [],
    workingDirectory: undefined,
    workerDirectory: undefined,
    useStdErrorStreamForErrorsOnly: true,
    enableForwardingHttpRequest: false,
    enableProxyingHttpRequest: false,
    initializationTimeoutMs: 30_000,
    port: undefined,
    ...more,
  };
}
