import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeKeyStore } from '../../../../test/support/key-store-suite.ts';
import { type KubernetesServer, startKubernetes } from '../../../../test/support/kubernetes-server.ts';
import { createLogger } from '../core/log.ts';
import { openKeyStore } from './open-key-store.ts';

const signal = new AbortController().signal;
const log = createLogger({ log() {} }, 'Host.Keys');

let folder: string;
let server: KubernetesServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-pod-'));
  server = await startKubernetes(join(folder, 'account'));
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => server.reset());

const open = (more: Record<string, string> = {}) =>
  openKeyStore({
    root: '/nowhere',
    hostId: 'app',
    log,
    kubernetesFolders: { serviceAccount: join(folder, 'account'), keys: join(folder, 'mounted') },
    settings: {
      AzureWebJobsSecretStorageType: 'kubernetes',
      AzureWebJobsKubernetesSecretName: 'secrets/my-keys',
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(server.port),
      ...more,
    },
  });

describeKeyStore('the Kubernetes store', () => ({ open, dispose: () => server.reset() }), { keepsEmpty: false });

describe('the secret of the Kubernetes store', () => {
  const KEYS = {
    'host.master': 'm',
    'host.function.default': 'f',
    'host.systemKey.probe_extension': 's',
    'functions.hello.default': 'own',
    'functions.hello.a.b': 'dotted',
    'functions.other.default': 'others',
    unrelated: 'kept',
  };

  test('is made with the names of Azure’s host', async () => {
    const store = open();
    expect(store.place).toBe('Kubernetes secret my-keys');
    await store.changeHost(
      () => ({ master: 'm', functionKeys: [{ name: 'default', value: 'f' }], systemKeys: [{ name: 's', value: 'v' }] }),
      signal,
    );
    await store.changeFunction('hello', () => [{ name: 'default', value: 'own' }], signal);
    expect(server.secret('my-keys')).toEqual({
      'host.master': 'm',
      'host.function.default': 'f',
      'host.systemKey.s': 'v',
      'functions.hello.default': 'own',
    });
  });

  test.each(['secrets/my-keys', 'my-keys'])('named %s that was there is honoured, and what is not ours stays', async (name) => {
    server.put('my-keys', KEYS);
    const store = open({ AzureWebJobsKubernetesSecretName: name });
    expect(await store.readHost(signal)).toEqual({
      master: 'm',
      functionKeys: [{ name: 'default', value: 'f' }],
      systemKeys: [{ name: 'probe_extension', value: 's' }],
    });
    await store.changeFunction('hello', (keys) => keys!.filter((key) => key.name === 'a.b'), signal);
    const { 'functions.hello.default': _, ...left } = KEYS;
    expect(server.secret('my-keys')).toEqual(left);
    await store.changeHost((keys) => ({ ...keys!, functionKeys: [{ name: 'default', value: 'new' }] }), signal);
    expect(server.secret('my-keys')).toEqual({ ...left, 'host.function.default': 'new' });
  });

  test('is asked for with the token as it is now', async () => {
    server.put('my-keys', KEYS);
    const store = open();
    expect((await store.readHost(signal))?.master).toBe('m');
    server.useToken('the-next-token');
    expect((await store.readHost(signal))?.master).toBe('m');
  });

  test.each([
    ['without the right', 403, 'Role'],
    ['with a token that has run out', 401, 'start the pod anew'],
    ['by a server in trouble', 500, 'API server'],
  ])('refused %s is an error that says what to do', async (_, status, hint) => {
    server.refuse(status);
    const refused = {
      code: 'KUBERNETES_FAILED',
      kind: 'service',
      message: expect.stringMatching(`my-keys.*${status}`),
      hint: expect.stringContaining(hint),
    };
    await expect(open().readHost(signal)).rejects.toMatchObject(refused);
    await expect(open().changeFunction('a', () => [], signal)).rejects.toMatchObject(refused);
  });

  test('that others change all the time is an error in the end', async () => {
    server.put('my-keys', KEYS);
    server.contest();
    await expect(open().changeFunction('hello', () => [], signal)).rejects.toMatchObject({
      code: 'KEYS_CONTESTED',
      message: expect.stringContaining('my-keys'),
      hint: expect.stringContaining('try again'),
    });
    expect(server.secret('my-keys')).toEqual(KEYS);
  });

  test('cannot hold a key whose name Kubernetes does not allow', async () => {
    await expect(open().changeFunction('hello', () => [{ name: 'a key', value: 'b' }], signal)).rejects.toMatchObject({
      code: 'KUBERNETES_FAILED',
      hint: expect.stringContaining('Names of keys may hold'),
    });
  });

  test('of a server that nobody reaches, or that is another, is an error that says so', async () => {
    await expect(open({ KUBERNETES_SERVICE_PORT: '1' }).readHost(signal)).rejects.toMatchObject({
      code: 'KUBERNETES_FAILED',
      message: expect.stringContaining('ECONNREFUSED'),
      hint: expect.stringContaining('127.0.0.1:1'),
    });
    const stranger = await startKubernetes(join(folder, 'of-another'));
    await expect(open({ KUBERNETES_SERVICE_PORT: String(stranger.port) }).readHost(signal)).rejects.toMatchObject({
      code: 'KUBERNETES_FAILED',
    });
    expect(stranger.requests()).toBe(0);
    await stranger.stop();
  });

  test('outside of a cluster, or with a name that is none, is an error at each use', async () => {
    await expect(open({ KUBERNETES_SERVICE_HOST: '' }).readHost(signal)).rejects.toMatchObject({
      code: 'KEY_STORE_UNKNOWN',
      hint: expect.stringContaining('KUBERNETES_SERVICE_HOST'),
    });
    await expect(open({ AzureWebJobsKubernetesSecretName: '../pods' }).readHost(signal)).rejects.toMatchObject({
      code: 'KEY_STORE_UNKNOWN',
      message: expect.stringContaining('AzureWebJobsKubernetesSecretName'),
    });
    expect(server.requests()).toBe(0);
  });
});

describe('the files of a mounted secret', () => {
  const mounted = () => join(folder, 'mounted');
  const openMounted = () => open({ AzureWebJobsKubernetesSecretName: '' });
  beforeEach(() => {
    rmSync(mounted(), { recursive: true, force: true });
    // As Kubernetes lays them out: all names change at once with that of one folder.
    mkdirSync(join(mounted(), '..2026'), { recursive: true });
    symlinkSync('..2026', join(mounted(), '..data'));
    const entries = { 'host.master': 'm\n', 'host.function.default': 'f', 'functions.hello.default': 'own' };
    for (const [name, value] of Object.entries(entries)) {
      writeFileSync(join(mounted(), '..2026', name), value);
      symlinkSync(join('..data', name), join(mounted(), name));
    }
  });

  test('are read, also after Kubernetes changed them', async () => {
    const store = openMounted();
    expect(await store.readHost(signal)).toEqual({ master: 'm', functionKeys: [{ name: 'default', value: 'f' }], systemKeys: [] });
    expect(await store.readFunction('hello', signal)).toEqual([{ name: 'default', value: 'own' }]);
    expect(await store.readFunction('other', signal)).toBeUndefined();
    writeFileSync(join(mounted(), '..2026', 'host.master'), 'new');
    expect((await store.readHost(signal))?.master).toBe('new');
  });

  test('are not changed', async () => {
    const store = openMounted();
    expect(store.readOnlyReason).toContain('AzureWebJobsKubernetesSecretName');
    await expect(store.changeFunction('hello', () => [], signal)).rejects.toMatchObject({ code: 'KEYS_READ_ONLY' });
    await expect(store.changeHost((before) => before!, signal)).rejects.toMatchObject({ code: 'KEYS_READ_ONLY' });
  });

  test('that are not there are an error that names their folder', async () => {
    rmSync(mounted(), { recursive: true });
    await expect(openMounted().readHost(signal)).rejects.toMatchObject({
      code: 'KEYS_UNREADABLE',
      message: expect.stringContaining(mounted()),
      hint: expect.stringContaining('AzureWebJobsSecretStorageType'),
    });
  });
});
