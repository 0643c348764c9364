// local.settings.json: the file of settings that `func` reads on a developer's machine and never deploys.
import { join } from 'node:path';
import type { JsonValue, LocalHostSettings } from '../core/function-app.ts';
import { isJsonObject, kindOfJson } from '../core/json-value.ts';
import { flag, integer, json, text } from '../core/option-values.ts';
import { type Option, type OptionsOf, type Path, record, section } from '../core/options.ts';
import type { Problem } from '../core/problem.ts';
import {
  connectionStringMissing,
  settingBlanks,
  settingNotText,
  settingRepeated,
  settingsEncrypted,
  settingsEncryptionUnstated,
  settingsFileInvalid,
} from '../core/problems/settings.ts';
import { createFindings, type Findings } from './findings.ts';
import { type JsonDocument, type Place, parseJson, valueAt } from './json-document.ts';
import { readText } from './read-text.ts';

const FILE = 'local.settings.json';
const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file';

/** Read as any JSON, so that no problem quotes a value: it may be a secret. */
const SETTING: Option<JsonValue | undefined> = {
  ...json({ doc: 'The value of one setting.' }),
  expected: 'text',
  schema: () => ({ type: 'string' }),
};
const ANY_TEXT = text({ doc: 'What becomes of it.' });

const LOCAL_SETTINGS_OPTIONS = {
  IsEncrypted: flag({ doc: 'Whether the values are encrypted. Portico reads plain ones only: write false.', source: DOCS }),
  Values: record(SETTING, {
    doc: 'App settings, which the handler gets as environment variables.',
    source: DOCS,
  }),
  ConnectionStrings: record(json({ doc: 'A connection string, or { "ConnectionString", "ProviderName" }.' }), {
    doc: 'Connection strings; each becomes the setting "ConnectionStrings:NAME".',
    source: DOCS,
  }),
  Host: section(
    {
      LocalHttpPort: integer({ min: 1, max: 65_535, doc: 'The port to serve on. --port wins.', source: DOCS }),
      LocalHttpAddress: text({ doc: 'The address to serve on. --address wins.' }),
      CORS: text({ doc: 'Origins that may call from a browser, separated by commas; "*" is all. --cors wins.', source: DOCS }),
      CORSCredentials: flag({ doc: 'Whether these may send cookies.', source: DOCS }),
    },
    { doc: 'How to serve on this machine.', source: DOCS },
  ),
};

export const LOCAL_SETTINGS_JSON = section(LOCAL_SETTINGS_OPTIONS, {
  doc: 'Settings for running the app on this machine. Never deployed.',
  source: DOCS,
});

/** One setting of a file. */
export type FileSetting = { readonly name: string; readonly value: string; readonly place: Place };

export type LocalSettings = {
  readonly settings: readonly FileSetting[];
  readonly local: LocalHostSettings;
  readonly problems: readonly Problem[];
};

export function readLocalSettings(root: string): LocalSettings {
  const unusable = (problem: Problem) => ({ settings: [], local: {}, problems: [{ file: FILE, ...problem }] });
  const read = readText(join(root, FILE));
  if (!read) return { settings: [], local: {}, problems: [] };
  if (read.text === undefined) return unusable(settingsFileInvalid(read.reason));
  const parsed = parseJson(read.text, FILE);
  if (!parsed.document) return unusable({ ...settingsFileInvalid(parsed.fault.reason), ...parsed.fault.place });
  const { document } = parsed;

  const findings = createFindings({ document, table: LOCAL_SETTINGS_OPTIONS });
  for (const path of parsed.repeated) findings.add(settingRepeated(String(path.at(-1))), path, 'name');
  const options = LOCAL_SETTINGS_JSON.read(document.value, [], findings.report);
  const settings = [...valuesIn(options, document, findings.add), ...connectionStringsIn(options, document, findings.add)];
  if (options.IsEncrypted) findings.add(settingsEncrypted(), ['IsEncrypted']);
  else if (options.IsEncrypted === undefined && settings.length > 0) findings.add(settingsEncryptionUnstated(), ['Values'], 'name');
  return { settings: options.IsEncrypted ? [] : settings, local: toLocalHost(options.Host), problems: findings.problems };
}

type Options = OptionsOf<typeof LOCAL_SETTINGS_OPTIONS>;

function valuesIn({ Values }: Options, document: JsonDocument, add: Findings['add']): FileSetting[] {
  return Object.entries(Values).flatMap(([name, written]) => {
    const path = ['Values', name];
    if (written === null) return [];
    const value = ANY_TEXT.read(written, path, () => undefined);
    if (typeof written !== 'string') add(settingNotText(name, kindOfJson(written), value !== undefined), path);
    return value === undefined ? [] : [{ name, value: withoutBlanks(name, value, path, add), place: document.place(path) }];
  });
}

function connectionStringsIn({ ConnectionStrings }: Options, document: JsonDocument, add: Findings['add']): FileSetting[] {
  return Object.entries(ConnectionStrings).flatMap(([name, written]) => {
    const path = ['ConnectionStrings', name];
    const value = isJsonObject(written) ? valueAt(written, ['ConnectionString']) : written;
    if (typeof value !== 'string') {
      add(connectionStringMissing(name), path);
      return [];
    }
    const setting = `ConnectionStrings:${name}`;
    return [{ name: setting, value: withoutBlanks(setting, value, path, add), place: document.place(path) }];
  });
}

/** Every text of JSON is in quotes, so those around a blank do not tell that it is meant. A value of nothing but blanks is. */
function withoutBlanks(name: string, value: string, path: Path, add: Findings['add']): string {
  const trimmed = value.trim();
  if (trimmed === value || trimmed === '') return value;
  add(settingBlanks(name), path);
  return trimmed;
}

function toLocalHost({
  LocalHttpPort: port,
  LocalHttpAddress: address,
  CORS: origins,
  CORSCredentials: corsCredentials,
}: Options['Host']): LocalHostSettings {
  const corsOrigins = origins?.split(',').flatMap((origin) => origin.trim() || []);
  return {
    ...(port !== undefined && { port }),
    ...(address && { address }),
    ...(corsOrigins?.length && { corsOrigins }),
    ...(corsCredentials !== undefined && { corsCredentials }),
  };
}
