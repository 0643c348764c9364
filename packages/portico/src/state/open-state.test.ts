import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../core/log.ts';
import { openState } from './open-state.ts';

const signal = new AbortController().signal;
const log = createLogger({ log() {} }, 'Host');

describe('state', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'portico-open-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const open = (settings: Record<string, string>) => openState({ root, settings, log });

  test.each([[{}], [{ AzureWebJobsStorage: '' }], [{ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }]])(
    'with %j is a file',
    async (settings) => {
      const state = open(settings);
      expect(state.place).toBe('.portico/state.db');
      expect(readdirSync(root)).toEqual([]);
      await state.documents.write('timers/a', 'text', signal);
      expect(readdirSync(join(root, '.portico'))).toContain('state.db');
      await state.close();
    },
  );

  test('with an account is in it, and names it without asking anybody', () => {
    expect(open({ AzureWebJobsStorage: 'AccountName=orders;AccountKey=c2VjcmV0' }).place).toBe(
      'storage account orders, container azure-webjobs-hosts',
    );
    expect(open({ AzureWebJobsStorage__accountName: 'orders' }).place).toBe('storage account orders, container azure-webjobs-hosts');
  });

  test('with a connection that cannot be read is nowhere else: each use says what is wrong', async () => {
    const state = open({ AzureWebJobsStorage: 'rubbish' });
    expect(state.place).toBe('AzureWebJobsStorage, which cannot be read');
    await expect(state.documents.read('timers/a', signal)).rejects.toMatchObject({ code: 'STORAGE_CONNECTION_INVALID' });
    await expect(state.leases.acquire('locks/a', 15_000, signal)).rejects.toMatchObject({ code: 'STORAGE_CONNECTION_INVALID' });
    await state.close();
  });

  test.each([
    ['AzureWebJobsStorage__credential', 'managedidentity', 'STORAGE_ENDPOINT_MISSING'],
    ['AzureWebJobsStorage__queueServiceUri', 'https://orders.queue.core.windows.net', 'STORAGE_ENDPOINT_MISSING'],
    ['AzureWebJobsStorage__acountName', 'orders', 'STORAGE_SECTION_INVALID'],
  ])('with nothing but %s names no account', async (name, value, code) => {
    const state = open({ [name]: value });
    expect(state.place).toBe('AzureWebJobsStorage, which cannot be read');
    await expect(state.documents.read('timers/a', signal)).rejects.toMatchObject({ code });
    await state.close();
  });

  test('that could not be loaded is loaded by the next call, and can be closed meanwhile', () => {
    const program = `
      import { registerHooks } from 'node:module';
      let failures = 1;
      registerHooks({
        resolve(name, context, next) {
          if (name.includes('sqlite-state') && failures-- > 0) throw new Error('too many open files');
          return next(name, context);
        },
      });
      const { openState } = await import(${JSON.stringify(new URL('./open-state.ts', import.meta.url).href)});
      const state = openState({ root: ${JSON.stringify(root)}, settings: {}, log: {} });
      const read = () => state.documents.read('timers/a', new AbortController().signal).catch((error) => error.message);
      console.log(await read(), await read());
      await state.close();
      failures = 1;
      const other = openState({ root: ${JSON.stringify(root)}, settings: {}, log: {} });
      const failing = other.documents.read('timers/a', new AbortController().signal).catch((error) => error.message);
      await other.close();
      console.log('closed', await failing);`;
    writeFileSync(join(root, 'program.mjs'), program);
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'program.mjs')], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'too many open files undefined\nclosed too many open files\n', stderr: '' });
  });

  test('that is closed before it was used leaves nothing behind, and opens no more', async () => {
    const state = open({});
    await state.close();
    await state.close();
    await expect(state.documents.read('timers/a', signal)).rejects.toMatchObject({ code: 'STATE_CLOSED' });
    expect(readdirSync(root)).toEqual([]);
  });

  test('loads neither SQLite nor a client before the first call', () => {
    mkdirSync(join(root, 'app'));
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ resolve: (name, context, next) => (loaded.push(name), next(name, context)) });
      const { openState } = await import(${JSON.stringify(new URL('./open-state.ts', import.meta.url).href)});
      const log = {};
      for (const settings of [{}, { AzureWebJobsStorage: 'AccountName=a;AccountKey=c2VjcmV0' }]) openState({ root: ${JSON.stringify(root)}, settings, log });
      console.log(JSON.stringify(loaded.filter((name) => name.startsWith('@azure') || /sqlite|blob-state/.test(name))));`;
    writeFileSync(join(root, 'program.mjs'), program);
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'program.mjs')], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '[]\n', stderr: '' });
  });
});
