// Which program host.json names as the handler: `customHandler`, or the older `httpWorker`.
import type { HandlerConfig, JsonValue } from '../core/function-app.ts';
import { isJsonObject } from '../core/json-value.ts';
import {
  handlerDescriptionMissing,
  handlerExecutableMissing,
  handlerMissing,
  handlerSectionsBoth,
  handlerTypeNone,
  httpWorkerDeprecated,
} from '../core/problems/host-json.ts';
import type { HostJson } from './host-json.ts';
import { valueAt } from './json-document.ts';

/** Undefined when there is none, which is a problem only where functions need it. */
export function toHandlerConfig(
  { document, options, findings: { add } }: HostJson,
  { workerRuntime, hasFunctions }: { readonly workerRuntime: string; readonly hasFunctions: boolean },
): HandlerConfig | undefined {
  const isWritten = (...path: string[]) => saysSomething(valueAt(document.value, path));
  const hasCustomHandler = isWritten('customHandler');
  if (!hasCustomHandler && !isWritten('httpWorker')) {
    if (hasFunctions) add(handlerMissing(workerRuntime));
    return undefined;
  }
  if (!hasCustomHandler) add(httpWorkerDeprecated(), ['httpWorker'], 'name');
  else if (isWritten('httpWorker')) add(handlerSectionsBoth(), ['httpWorker'], 'name');

  const section = hasCustomHandler ? 'customHandler' : 'httpWorker';
  const { description, type, initializationTimeout, ...handler } = options[section];
  if (hasCustomHandler && type === 'none') add(handlerTypeNone(), ['customHandler', 'type']);
  if (!isWritten(section, 'description')) add(handlerDescriptionMissing(section), [section], 'name');
  else if (!description.defaultExecutablePath) add(handlerExecutableMissing(section), [section, 'description', 'defaultExecutablePath']);
  return {
    section,
    executablePath: description.defaultExecutablePath ?? '',
    arguments: description.arguments,
    workerPath: description.defaultWorkerPath || undefined,
    workerArguments: description.workerArguments,
    workingDirectory: description.workingDirectory || undefined,
    workerDirectory: description.workerDirectory || undefined,
    useStdErrorStreamForErrorsOnly: description.useStdErrorStreamForErrorsOnly,
    enableForwardingHttpRequest: handler.enableForwardingHttpRequest,
    enableProxyingHttpRequest: handler.enableProxyingHttpRequest,
    initializationTimeoutMs: initializationTimeout,
    port: handler.port,
  };
}

/** Parity: objects and lists without a single value in them are as if they were not there (host-json.no-description). */
function saysSomething(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.some(saysSomething);
  return isJsonObject(value) ? Object.values(value).some(saysSomething) : value !== undefined;
}
