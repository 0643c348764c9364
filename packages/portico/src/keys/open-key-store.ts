// Where the keys of an app are kept: start here. Nothing is opened or made before somebody asks for a key.
// https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#manage-key-storage
import { join, resolve } from 'node:path';
import { DEFAULT_CONNECTION, resolveStorageConnection } from '../azure/connection.ts';
import { findConnectionSetting } from '../azure/connection-setting.ts';
import { openContainer, storageAccount } from '../azure/storage-account.ts';
import type { Clock } from '../core/clock.ts';
import { keyStoreUnknown } from '../core/errors/keys.ts';
import { settingLookup } from '../core/expressions/setting-names.ts';
import type { EmulatorEndpoints } from '../core/extension.ts';
import type { AppSettings } from '../core/function-app.ts';
import type { Logger } from '../core/log.ts';
import { type StateFolder, stateFolder } from '../platform/state-folder.ts';
import { stateHome as ownStateHome } from '../platform/state-home.ts';
import { systemClock } from '../platform/system-clock.ts';
import { openBlobStore } from './blob-store.ts';
import { isKeyVariable, openEnvironmentStore } from './environment-store.ts';
import { openFileStore } from './file-store.ts';
import type { KeyStore } from './key-store.ts';
import { kubernetesApi } from './kubernetes-api.ts';
import { openKubernetesStore } from './kubernetes-store.ts';
import { openLocalStore } from './local-store.ts';
import { openMountedStore } from './mounted-store.ts';

export type KeyStoreOptions = {
  /** Of the app; absolute. */
  readonly root: string;
  readonly settings: AppSettings;
  /** Names the app in a storage account, where its settings name no site. */
  readonly hostId: string;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Where this user's programs keep what they remember, for a root that cannot be written to. */
  readonly stateHome?: () => string;
  /** Starts the storage emulator, unless it runs. Undefined: there is none to start. */
  readonly emulator?: () => Promise<EmulatorEndpoints>;
  /** Where Kubernetes puts what belongs to a pod. */
  readonly kubernetesFolders?: { readonly serviceAccount: string; readonly keys: string };
};

const TYPE = 'AzureWebJobsSecretStorageType';
const SIGNED_CONTAINER = 'AzureWebJobsSecretStorageSas';
const FOLDER = 'FUNCTIONS_SECRETS_PATH';
const KUBERNETES_SECRET = 'AzureWebJobsKubernetesSecretName';

const CONTAINER = 'azure-webjobs-secrets';
const TYPES_HINT =
  'It is "files" (in the folder FUNCTIONS_SECRETS_PATH), "blob" (in the account of AzureWebJobsStorage), "kubernetes" or "environment"; without it keys are in .portico/keys.json.';
const POD_FOLDERS = { serviceAccount: '/var/run/secrets/kubernetes.io/serviceaccount', keys: '/run/secrets/functions-keys' };

/** Never throws: what is wrong with the settings is said by each use, which rejects. */
export function openKeyStore(options: KeyStoreOptions): KeyStore {
  const said = { ...options, get: readerOf(options.settings) };
  const type = said.get(TYPE);
  if (type === undefined) return openUnsaid(said);
  switch (type.toLowerCase()) {
    case 'files':
      return openFiles(said);
    case 'blob':
      return openBlobs(said);
    case 'kubernetes':
      return openKubernetes(said);
    case 'environment':
      return openEnvironmentStore(options);
    case 'keyvault':
      return unusable(TYPE, type, `A key vault is not supported. ${TYPES_HINT}`);
    default:
      return unusable(TYPE, type, TYPES_HINT);
  }
}

type Said = KeyStoreOptions & { readonly get: (name: string) => string | undefined };

/** What is empty counts as not set. */
function readerOf(settings: AppSettings): Said['get'] {
  const { get } = settingLookup(settings);
  return (name) => get(name)?.trim() || undefined;
}

function openUnsaid(said: Said): KeyStore {
  if (said.get(SIGNED_CONTAINER) !== undefined) return openBlobs(said);
  if (said.get(FOLDER) !== undefined) return hasStorage(said.settings) ? openBlobs(said) : openFiles(said);
  if (Object.keys(said.settings).some(isKeyVariable)) return openEnvironmentStore(said);
  const { log, clock = systemClock } = said;
  return openLocalStore({ folder: ownFolder(said), secret: said.get('AzureWebEncryptionKey'), clock, log });
}

function ownFolder({ root, stateHome = () => ownStateHome(), log }: Said): StateFolder {
  return stateFolder({ root, stateHome, log });
}

/** Parity: where nothing is set, Azure's host has no storage; what stands in for it here is not for keys. */
function hasStorage(settings: AppSettings): boolean {
  return findConnectionSetting(DEFAULT_CONNECTION, settings) !== undefined && 'connection' in resolveStorageConnection(undefined, settings);
}

function openFiles(said: Said): KeyStore {
  const { root, log, clock = systemClock } = said;
  const shared = { clock, log, hostName: hostNameOf(said) };
  const named = said.get(FOLDER);
  if (named !== undefined) return openFileStore({ ...shared, folder: resolve(root, named) });
  const own = ownFolder(said);
  return openFileStore({ ...shared, folder: join(own.path, 'secrets'), makeParent: () => void own.make() });
}

const hostNameOf = ({ get }: Said): string | undefined => get('WEBSITE_HOSTNAME');

function openBlobs(said: Said): KeyStore {
  const { log, clock = systemClock } = said;
  const shared = { prefix: prefixOf(said), clock, log, hostName: hostNameOf(said) };
  const signed = said.get(SIGNED_CONTAINER);
  if (signed !== undefined) {
    const url = URL.parse(signed);
    // The address is the secret: it is not repeated.
    const hint =
      'Copy the URL of the container with a signature that allows to read, create and write: https://NAME.blob.core.windows.net/CONTAINER?sv=…';
    if (url === null || !/^https?:$/.test(url.protocol)) return unusable(SIGNED_CONTAINER, '…', hint);
    return openBlobStore({ ...shared, containerLabel: `${url.host}${url.pathname}`, container: () => openContainer(signed) });
  }
  const { settings, emulator = () => Promise.reject(keyStoreUnknown(DEFAULT_CONNECTION, 'the storage emulator', NO_EMULATOR)) } = said;
  const account = () => storageAccount(undefined, { settings, emulator, shared: (_, make) => make() });
  let opened: ReturnType<typeof account> | undefined;
  const container = async () => {
    opened ??= account();
    return (await opened.blobs()).getContainerClient(CONTAINER);
  };
  return openBlobStore({ ...shared, containerLabel: `${accountLabel(settings)}, ${CONTAINER}`, container });
}

const NO_EMULATOR = 'It runs with "portico start" only: set AzureWebJobsStorage to a storage account, or start the app first.';

function accountLabel(settings: AppSettings): string {
  const resolved = resolveStorageConnection(undefined, settings);
  return 'connection' in resolved ? `storage account ${resolved.connection.name}` : 'AzureWebJobsStorage, which cannot be read';
}

/** Parity: at Azure the site and its slot name the blobs, elsewhere the host id does. */
function prefixOf({ get, hostId }: Said): string {
  const site = get('WEBSITE_SITE_NAME');
  const slot = get('WEBSITE_SLOT_NAME');
  if (site === undefined) return hostId.toLowerCase();
  return (slot === undefined || slot.toLowerCase() === 'production' ? site : `${site}-${slot}`).toLowerCase();
}

function openKubernetes(said: Said): KeyStore {
  const folders = said.kubernetesFolders ?? POD_FOLDERS;
  const named = said.get(KUBERNETES_SECRET);
  if (named === undefined) return openMountedStore({ folder: folders.keys });
  const secret = /^(?:secrets\/)?([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)$/.exec(named)?.[1];
  if (secret === undefined)
    return unusable(KUBERNETES_SECRET, named, 'It is "secrets/NAME", with the name of a secret in the namespace of the pod.');
  const host = said.get('KUBERNETES_SERVICE_HOST');
  const port = Number(said.get('KUBERNETES_SERVICE_PORT') ?? 443);
  if (host === undefined)
    return unusable(TYPE, 'kubernetes', `This is no pod of a cluster: KUBERNETES_SERVICE_HOST is not set. Elsewhere, leave ${TYPE} out.`);
  const api = kubernetesApi({ host, port, serviceAccountFolder: folders.serviceAccount });
  return openKubernetesStore({ api, secret });
}

/** Whose every use says what is wrong with a setting. */
function unusable(setting: string, value: string, hint: string): KeyStore {
  const misconfigured = keyStoreUnknown(setting, value, hint);
  const refuse = (): Promise<never> => Promise.reject<never>(misconfigured);
  return {
    misconfigured,
    place: `what ${setting} says`,
    readOnlyReason: undefined,
    freshForMs: Number.POSITIVE_INFINITY,
    readHost: refuse,
    readFunction: refuse,
    changeHost: refuse,
    changeFunction: refuse,
  };
}
