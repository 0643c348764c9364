import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeKeyStore } from '../../../../test/support/key-store-suite.ts';
import { createLogger, type LogRecord } from '../core/log.ts';
import { systemClock } from '../platform/system-clock.ts';
import { openFileStore } from './file-store.ts';

const signal = new AbortController().signal;
const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'portico-secrets-'));

const openIn = (folder: string, records: LogRecord[] = [], hostName: string | undefined = 'localhost:7071') =>
  openFileStore({ folder, clock: systemClock, hostName, log: createLogger({ log: (record) => void records.push(record) }, 'Host.Keys') });

describeKeyStore('the file store', () => {
  const root = temporaryFolder();
  return { open: () => openIn(join(root, 'secrets')), dispose: () => rmSync(root, { recursive: true }) };
});

describe('the files of the file store', () => {
  let folder: string;
  let records: LogRecord[];
  beforeEach(() => {
    folder = temporaryFolder();
    records = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = () => openIn(folder, records);
  const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
  const put = (name: string, document: unknown) => writeFileSync(join(folder, name), JSON.stringify(document));
  const codes = () => records.map(({ level, code }) => `${level} ${code}`);
  const key = (name: string, value: string, more = {}) => ({ name, value, encrypted: false, ...more });

  test('have the text of Azure’s host', async () => {
    const store = open();
    await store.changeHost(() => ({ master: 'm', functionKeys: [{ name: 'default', value: 'f' }], systemKeys: [] }), signal);
    await store.changeFunction('hello', () => [{ name: 'default', value: 'own' }], signal);
    const instanceId = /"instanceId": "([0-9a-f]{32})"/.exec(textOf('host.json'))?.[1];
    expect(textOf('host.json')).toBe(`{
  "masterKey": {
    "name": "master",
    "value": "m",
    "encrypted": false
  },
  "functionKeys": [
    {
      "name": "default",
      "value": "f",
      "encrypted": false
    }
  ],
  "systemKeys": [],
  "hostName": "localhost:7071",
  "instanceId": "${instanceId}",
  "source": "runtime",
  "decryptionKeyId": ""
}`);
    expect(textOf('hello.json')).toBe(`{
  "keys": [
    {
      "name": "default",
      "value": "own",
      "encrypted": false
    }
  ],
  "hostName": "localhost:7071",
  "instanceId": "${instanceId}",
  "source": "runtime",
  "decryptionKeyId": ""
}`);
    expect(statSync(join(folder, 'host.json')).mode & 0o777).toBe(0o600);
  });

  test('keep what is not known here, their writer and their rights', async () => {
    put('host.json', {
      future: { a: 1 },
      systemKeys: [key('s', 'v', { created: '2020' })],
      masterKey: key('master', 'm', { created: '2021' }),
      FunctionKeys: [{ Name: 'default', Value: 'f', Encrypted: false }],
      hostName: 'other-host',
      instanceId: '0',
      source: 'portal',
      decryptionKeyId: 'id',
    });
    chmodSync(join(folder, 'host.json'), 0o640);
    await open().changeHost((before) => ({ ...before!, master: 'new' }), signal);
    expect(Object.entries(JSON.parse(textOf('host.json')))).toEqual([
      ['masterKey', key('master', 'new', { created: '2021' })],
      ['functionKeys', [key('default', 'f')]],
      ['systemKeys', [key('s', 'v', { created: '2020' })]],
      ['hostName', 'localhost:7071'],
      ['instanceId', '0'],
      ['source', 'portal'],
      ['decryptionKeyId', 'id'],
      ['future', { a: 1 }],
    ]);
    expect(statSync(join(folder, 'host.json')).mode & 0o777).toBe(0o640);
  });

  test('name the host that they named where this one has no name', async () => {
    put('a.json', { keys: [], hostName: 'other-host' });
    await openFileStore({ folder, clock: systemClock, hostName: undefined, log: createLogger({ log() {} }, '') }).changeFunction(
      'a',
      () => [],
      signal,
    );
    expect(JSON.parse(textOf('a.json')).hostName).toBe('other-host');
  });

  test('of the oldest form are read, left alone, and upgraded by a change', async () => {
    put('host.json', { masterKey: 'm', functionKey: 'f' });
    put('hello.json', { key: 'own' });
    const before = [textOf('host.json'), textOf('hello.json')];
    const store = open();
    expect(await store.readHost(signal)).toEqual({ master: 'm', functionKeys: [{ name: 'default', value: 'f' }], systemKeys: [] });
    expect(await store.readFunction('hello', signal)).toEqual([{ name: 'default', value: 'own' }]);
    expect([textOf('host.json'), textOf('hello.json')]).toEqual(before);
    await store.changeHost((keys) => ({ ...keys!, systemKeys: [{ name: 's', value: 'v' }] }), signal);
    await store.changeFunction('hello', (keys) => [...keys!, { name: 'b', value: 'c' }], signal);
    expect(JSON.parse(textOf('host.json'))).toMatchObject({
      masterKey: key('master', 'm'),
      functionKeys: [key('default', 'f')],
      systemKeys: [key('s', 'v')],
      source: 'runtime',
    });
    expect(JSON.parse(textOf('host.json'))).not.toHaveProperty('functionKey');
    expect(JSON.parse(textOf('hello.json')).keys).toEqual([key('default', 'own'), key('b', 'c')]);
    expect(JSON.parse(textOf('hello.json'))).not.toHaveProperty('key');
  });

  test('with a byte order mark are read', async () => {
    writeFileSync(join(folder, 'hello.json'), `\u{feff}${JSON.stringify({ keys: [key('default', 'own')] })}`);
    expect(await open().readFunction('hello', signal)).toEqual([{ name: 'default', value: 'own' }]);
  });

  test('with capitals, as Azure’s keys API writes them, count, and the next change writes the one that is read', async () => {
    put('Hello.json', { keys: [key('default', 'own')] });
    const store = open();
    expect(await store.readFunction('hello', signal)).toEqual([{ name: 'default', value: 'own' }]);
    await store.changeFunction('hello', (before) => [...before!, { name: 'b', value: 'c' }], signal);
    expect(JSON.parse(textOf('hello.json')).keys).toEqual([key('default', 'own'), key('b', 'c')]);
    expect(JSON.parse(textOf('Hello.json')).keys).toEqual([key('default', 'own')]);
    await store.changeFunction('hello', () => [], signal);
    expect(await open().readFunction('hello', signal)).toEqual([]);
  });

  test('beside one in lower case open nothing, which is said once', async () => {
    put('Hello.json', { keys: [key('default', 'lost')] });
    put('hello.json', { keys: [key('default', 'own')] });
    const store = open();
    expect(await store.readFunction('hello', signal)).toEqual([{ name: 'default', value: 'own' }]);
    put('hello.json', { keys: [key('default', 'newer')] });
    expect(await store.readFunction('hello', signal)).toEqual([{ name: 'default', value: 'newer' }]);
    expect(codes()).toEqual(['warning KEYS_SHADOWED']);
    expect(records[0]?.message).toContain(join(folder, 'Hello.json'));
  });

  test('may hold keys that Azure encrypted: these are told of once and stay, and the others work', async () => {
    put('host.json', {
      masterKey: { name: 'master', value: 'CfDJ8-secret', encrypted: true },
      functionKeys: [key('default', 'f'), { name: 'gone', value: 'CfDJ8-other', encrypted: 'True' }],
      systemKeys: [],
    });
    const store = open();
    expect(await store.readHost(signal)).toEqual({ master: undefined, functionKeys: [{ name: 'default', value: 'f' }], systemKeys: [] });
    await store.changeHost((before) => ({ ...before!, functionKeys: [{ name: 'new', value: 'n' }] }), signal);
    expect(JSON.parse(textOf('host.json'))).toMatchObject({
      masterKey: { name: 'master', value: 'CfDJ8-secret', encrypted: true },
      functionKeys: [key('new', 'n'), { name: 'gone', value: 'CfDJ8-other', encrypted: 'True' }],
    });
    expect(codes()).toEqual(['warning KEY_ENCRYPTED', 'warning KEY_ENCRYPTED']);
    expect(records[0]).toMatchObject({
      message: expect.stringMatching(/"master" in .*host\.json/),
      hint: expect.stringContaining('portico keys set'),
    });
    expect(JSON.stringify(records)).not.toContain('CfDJ8');
    await store.changeHost((before) => ({ ...before!, master: 'mine' }), signal);
    expect(JSON.parse(textOf('host.json')).masterKey).toEqual(key('master', 'mine'));
  });

  test.each([
    ['half of itself', '{\n  "keys": [{"name":"default","value":"hunt', 'it is no JSON'],
    ['a bare word', '{"keys": hunter2}', 'it is no JSON .line 1, column 10..$'],
    ['a list', '["hunter2"]', 'no JSON object'],
    ['keys that are none', '{"keys":{"default":"hunter2"}}', 'a list of keys is expected'],
    ['a key without a value', '{"keys":["hunter2"]}', 'not an object with a name and a value'],
    ['a value that is no text', '{"keys":[{"name":"default","value":{}}]}', 'not an object with a name and a value'],
  ])('with %s are an error that names them and no key, and stay as they are', async (_, text, reason) => {
    writeFileSync(join(folder, 'hello.json'), text);
    const fault = { code: 'KEYS_INVALID', kind: 'config', message: expect.stringMatching(`hello.json cannot be understood: .*${reason}`) };
    const failure = await open()
      .readFunction('hello', signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject(fault);
    expect(`${(failure as Error).message} ${(failure as { hint?: string }).hint}`).not.toContain('hunt');
    await expect(open().changeFunction('hello', () => [], signal)).rejects.toMatchObject(fault);
    expect(textOf('hello.json')).toBe(text);
  });

  test('that are no files, or cannot be written, are an error that names them', async () => {
    await expect(openIn(join(folder, 'a', 'file')).readHost(signal)).resolves.toBeUndefined();
    writeFileSync(join(folder, 'file'), '');
    const store = openIn(join(folder, 'file'));
    await expect(store.readHost(signal)).rejects.toMatchObject({ code: 'KEYS_UNREADABLE', message: expect.stringContaining('host.json') });
    await expect(store.changeFunction('a', () => [], signal)).rejects.toMatchObject({
      code: 'KEYS_UNWRITABLE',
      hint: expect.stringContaining('move it away'),
    });
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  test.each(['../hello', 'a/b', 'host', '', '.', 'a.json', 'a\\b', 'hello\0'])('are none for a function called %j', async (name) => {
    put('host.json', { masterKey: 'm' });
    await expect(open().readFunction(name, signal)).rejects.toMatchObject({
      code: 'KEYS_OF_NOBODY',
      hint: expect.stringContaining('"host"'),
    });
    await expect(open().changeFunction(name, () => [], signal)).rejects.toMatchObject({ code: 'KEYS_OF_NOBODY' });
    expect(readdirSync(folder)).toEqual(['host.json']);
  });

  test('leave nothing else behind but a lock', async () => {
    const store = open();
    await store.changeFunction('hello', () => [], signal);
    expect(readdirSync(folder).sort()).toEqual(['.portico.lock', 'hello.json']);
  });
});
