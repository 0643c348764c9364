// Writes the function app of a group into a fresh folder, with its rules, records and secrets beside it, not in it.
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { App, HandlerRecord, Rule, StartPlan } from './types.ts';

const HANDLER = fileURLToPath(new URL('../handler.mjs', import.meta.url));

export type AppFolder = {
  readonly work: string;
  readonly root: string;
  readonly recordFile: string;
  readonly rulesFile: string;
  readonly logFile: string;
  setRules(rules: { scenario: string | null; rules?: Rule[]; start?: StartPlan[] | undefined }): void;
  records(): HandlerRecord[];
  log(): string;
  remove(): void;
};

export function createAppFolder(app: App, bundleVersion: string, openKey: string | undefined): AppFolder {
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'conformance-')));
  const root = join(work, 'app');
  for (const folder of ['app', 'secrets', 'logs', 'temp', 'home']) mkdirSync(join(work, folder));
  copyFileSync(HANDLER, join(root, 'handler.mjs'));
  if (app.hostJson !== undefined && app.hostJson !== null) {
    const bundle = app.bundle === true && { extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: bundleVersion } };
    writeEntry(join(root, 'host.json'), typeof app.hostJson === 'string' ? app.hostJson : { ...app.hostJson, ...bundle });
  }
  for (const [name, definition] of Object.entries(app.functions ?? {})) writeEntry(join(root, name, 'function.json'), definition);
  for (const [path, content] of Object.entries(app.files ?? {})) writeEntry(join(root, path), content);
  const secrets = app.auth || !openKey ? app.secrets : { 'host.json': hostSecrets(openKey), ...withMasterKey(app.secrets, openKey) };
  for (const [name, content] of Object.entries(secrets ?? {})) writeEntry(join(work, 'secrets', name), content);
  const [recordFile, rulesFile, logFile] = [join(work, 'record.jsonl'), join(work, 'rules.json'), join(work, 'host.log')];
  for (const file of [recordFile, logFile]) writeFileSync(file, '');
  return {
    work,
    root,
    recordFile,
    rulesFile,
    logFile,
    setRules(rules) {
      // Renamed into place: the handler never reads half a file.
      writeFileSync(`${rulesFile}.new`, JSON.stringify(rules));
      renameSync(`${rulesFile}.new`, rulesFile);
    },
    records() {
      const lines = readFileSync(recordFile, 'utf8').split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line) as HandlerRecord);
    },
    log: () => readFileSync(logFile, 'utf8'),
    remove: () => rmSync(work, { recursive: true, force: true }),
  };
}

type Entry = string | { [key: string]: unknown };

function writeEntry(path: string, content: Entry): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, entryBytes(content));
  if (typeof content === 'object' && typeof content.mode === 'number') chmodSync(path, content.mode);
}

function entryBytes(content: Entry): string | Buffer {
  if (typeof content === 'string') return content;
  if (typeof content.base64 === 'string') return Buffer.from(content.base64, 'base64');
  if (typeof content.text === 'string') return content.text;
  return `${JSON.stringify(content, null, 2)}\n`;
}

const masterKey = (value: string) => ({ name: 'master', value, encrypted: false });
const hostSecrets = (key: string) => ({ masterKey: masterKey(key), functionKeys: [], systemKeys: [] });

/** The secrets of an app, with its master key replaced by the one the recorder sends. */
function withMasterKey(secrets: App['secrets'] = {}, key: string): NonNullable<App['secrets']> {
  const host = secrets['host.json'];
  return typeof host === 'object' && 'masterKey' in host ? { ...secrets, 'host.json': { ...host, masterKey: masterKey(key) } } : secrets;
}
