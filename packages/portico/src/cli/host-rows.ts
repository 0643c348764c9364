// What the host makes of host.json and of the Host section of local.settings.json: the few values that people ask for.
import type { HostJson } from '../config/host-json.ts';
import { type JsonDocument, valueAt } from '../config/json-document.ts';
import type { HandlerConfig, HostConfig, JsonValue, LocalHostSettings } from '../core/function-app.ts';
import type { Path } from '../core/options.ts';
import { valueNotAllowed } from '../core/problems/any-file.ts';
import { formatTimeSpan } from '../core/time-span.ts';
import { DEFAULT_ADDRESS, DEFAULT_PORT } from '../host/local-defaults.ts';
import { DEFAULT, type Origin, originOf } from './origin.ts';

export type HostRow = { readonly option: string; readonly value: JsonValue; readonly origin: Origin };

export type HostSources = {
  readonly config: HostConfig;
  readonly host: Pick<HostJson, 'document' | 'findings'>;
  readonly local: LocalHostSettings;
  /** local.settings.json. Undefined: there is none that can be read. */
  readonly localDocument: JsonDocument | undefined;
};

/** `mask`: hides secrets; it is given each argument of the handler's command line, and then each word with the flag before it as its name. */
export function hostRows({ config, host, local, localDocument }: HostSources, mask: (name: string, word: string) => string): HostRow[] {
  const { handler, http, functionTimeoutMs } = config;
  const originIn = (path: Path) => originAt(host, path);
  const localOrigin = (name: keyof LocalHostSettings, member: string) =>
    local[name] === undefined || localDocument === undefined ? DEFAULT : originOf(localDocument.place(['Host', member]));
  return [
    ...(handler === undefined ? [] : handlerRows(handler, originIn, mask)),
    { option: 'extensions.http.routePrefix', value: http.routePrefix, origin: originIn(['extensions', 'http', 'routePrefix']) },
    {
      option: 'functionTimeout',
      value: functionTimeoutMs === undefined ? 'none' : formatTimeSpan(functionTimeoutMs),
      origin: originIn(['functionTimeout']),
    },
    { option: 'Host.LocalHttpAddress', value: local.address ?? DEFAULT_ADDRESS, origin: localOrigin('address', 'LocalHttpAddress') },
    { option: 'Host.LocalHttpPort', value: local.port ?? DEFAULT_PORT, origin: localOrigin('port', 'LocalHttpPort') },
  ];
}

function handlerRows(handler: HandlerConfig, originIn: (path: Path) => Origin, mask: (name: string, word: string) => string): HostRow[] {
  const { section, executablePath, workerPath, workerArguments, port } = handler;
  const command = [executablePath, ...handler.arguments, workerPath ?? '', ...workerArguments].filter(Boolean);
  // An argument may hold several words, and only together they tell that they are a header with a key.
  const words = command.flatMap((part) => mask('', part).split(' '));
  const masked = words.map((word, index) => {
    const before = words[index - 1] ?? '';
    return mask(before.startsWith('-') ? before : '', word);
  });
  const [mode, flag] = modeOf(handler);
  return [
    { option: section, value: masked.join(' '), origin: originIn([section, 'description', 'defaultExecutablePath']) },
    { option: 'mode', value: mode, origin: originIn(flag) },
    ...(port === undefined ? [] : [{ option: `${section}.port`, value: port, origin: originIn([section, 'port']) }]),
  ];
}

/** As the documentation calls it, and what decided. */
function modeOf({ section, enableProxyingHttpRequest, enableForwardingHttpRequest }: HandlerConfig): [mode: string, decidedBy: Path] {
  if (section === 'httpWorker') return ['legacy', [section]];
  if (enableProxyingHttpRequest) return ['proxy', [section, 'enableProxyingHttpRequest']];
  return [enableForwardingHttpRequest ? 'forward' : 'payload', [section, 'enableForwardingHttpRequest']];
}

/** A value that cannot be read counts as absent. */
function originAt({ document, findings }: HostSources['host'], path: Path): Origin {
  if ((valueAt(document.value, path) ?? null) === null) return DEFAULT;
  const { file, line, column } = document.place(path);
  const isRefused = findings.problems.some(
    (problem) => problem.code === valueNotAllowed.code && problem.file === file && problem.line === line && problem.column === column,
  );
  return isRefused ? DEFAULT : originOf({ file, ...(line !== undefined && { line }) });
}
