// Which app settings there are, and where each comes from.
import { belongsToConnection } from '../azure/connection-setting.ts';
import { compareNames } from '../config/function-files.ts';
import { type JsonDocument, valueAt } from '../config/json-document.ts';
import { overridesIn } from '../config/overrides.ts';
import type { Settings } from '../config/settings.ts';
import type { AppSettings, FunctionMetadata } from '../core/function-app.ts';
import { isKeyVaultReference } from '../core/key-vault-reference.ts';
import { isKeySetting } from '../keys/key-settings.ts';
import { DEFAULT, ENVIRONMENT, type Origin, originOf } from './origin.ts';

export type SettingRow = {
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
  /** What does not count because of it, the nearest first. */
  readonly hides: readonly Origin[];
  /** It refers to a Key Vault and is no secret. */
  readonly isReference: boolean;
  /** The handler does not get it. */
  readonly isForHost: boolean;
};

export type SettingSources = {
  readonly settings: Settings;
  /** Of this process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the handler gets where nobody sets it. */
  readonly defaults: AppSettings;
  readonly functions: readonly FunctionMetadata[];
  /** Undefined when it cannot be read. */
  readonly hostJson: HostJsonTexts | undefined;
};

export type HostJsonTexts = {
  readonly written: JsonDocument;
  /** With what settings put over it. */
  readonly effective: JsonDocument;
};

/** Variables of the environment that the host reads itself. */
const READ_BY_HOST = /^(?:AzureWebJobs|AzureFunctions|AzureWebEncryptionKey$|AZURE_FUNCTIONS_|FUNCTIONS_|PORTICO_|WEBSITE_|TZ$)/i;

/** Sorted. The environment holds more than anybody wants to read: of it there is what replaces something of a file, what the host reads and what functions name. */
export function settingRows({ settings: { settings, written }, environment, defaults, functions, hostJson }: SettingSources): SettingRow[] {
  const inFiles = Map.groupBy(written, ({ name }) => name);
  const overridden = overriddenBy(settings, hostJson);
  const isNamed = namedBy(functions);
  const isShown = (name: string) => inFiles.has(name) || Object.hasOwn(defaults, name) || READ_BY_HOST.test(name) || isNamed(name);
  const all = { ...defaults, ...settings };
  return Object.entries(all)
    .filter(([name]) => isShown(name))
    .sort(([one], [other]) => compareNames(one, other))
    .map(([name, value]) => {
      const files = (inFiles.get(name) ?? []).map(({ place }) => originOf(place)).reverse();
      const [origin = DEFAULT, ...hidden] = Object.hasOwn(environment, name) ? [ENVIRONMENT, ...files] : files;
      const hides = [...hidden, ...(overridden.get(name) ?? [])];
      return { name, value, origin, hides, isReference: isKeyVaultReference(value), isForHost: isKeySetting(name) };
    });
}

/** By the name of a setting that counts in place of something in host.json: where that is. */
function overriddenBy(settings: AppSettings, hostJson: HostJsonTexts | undefined): ReadonlyMap<string, readonly Origin[]> {
  const overrides = hostJson === undefined ? [] : overridesIn(settings);
  return new Map(
    overrides.flatMap(({ place, path }) => {
      const counts = hostJson?.effective.place(path).file === place.file;
      return counts && valueAt(hostJson.written.value, path) !== undefined ? [[place.file, [originOf(hostJson.written.place(path))]]] : [];
    }),
  );
}

/** As the connection of a binding, or between percent signs. */
function namedBy(functions: readonly FunctionMetadata[]): (name: string) => boolean {
  const named = functions.flatMap(({ definition, bindings }) => [
    ...bindings.map(({ properties }) => valueAt(properties, ['connection'])),
    ...Array.from(JSON.stringify(definition).matchAll(/%([^%"]+)%/g), ([, name]) => name),
  ]);
  const connections = new Set(named.filter((name): name is string => typeof name === 'string' && name !== ''));
  return (name) => [...connections].some((connection) => belongsToConnection(name, connection));
}
