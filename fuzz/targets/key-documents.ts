// Keys as they are kept, in documents that somebody else wrote or changed: read or refused, and never quoted. What is written reads the same.
import fc from 'fast-check';
import { HostError } from '../../packages/portico/src/core/error.ts';
import { createLogger } from '../../packages/portico/src/core/log.ts';
import { functionDocument, hostDocument, type ReadDocument } from '../../packages/portico/src/keys/azure-document.ts';
import { openEnvironmentStore } from '../../packages/portico/src/keys/environment-store.ts';
import { openLocalDocument, parseLocalDocument, SealBroken, writeLocalDocument } from '../../packages/portico/src/keys/local-document.ts';
import { insist, pureTarget } from '../target.ts';
import { changed, JSON_SIGNS, soup } from '../text.ts';

/** Part of every value. */
const SECRET = 'S3cr3t';
const key = (name: string, more: object = {}): object => ({ name, value: `${SECRET}-${name}`, ...more });

const LOCAL = {
  version: 1,
  host: { master: { value: `${SECRET}-m` }, functionKeys: [key('default'), key('other')], systemKeys: [key('blobs_extension')] },
  functions: { hello: [key('default'), key('other')], ['__proto__']: [] },
};
const SEALED = { version: 1, salt: 'c2FsdA', functions: { hello: [{ name: 'default', sealed: `${SECRET}AAAA` }] } };
const HOST = {
  masterKey: key('master', { encrypted: false }),
  functionKeys: [key('default', { encrypted: false }), key('old', { encrypted: true })],
  systemKeys: null,
  hostName: 'app.example',
  source: 'runtime',
  mine: [1.5],
};
const OLDEST = { masterKey: `${SECRET}-m`, functionKey: `${SECRET}-f`, key: `${SECRET}-k` };
const SCRAPS = [
  ...JSON_SIGNS,
  '\\',
  'null',
  '1e999',
  '"name":',
  '"VALUE":',
  '"encrypted":"True"',
  '"__proto__":',
  '"sealed":"x"',
  '/*',
  '\\ud800',
  '\ufeff',
  '[['.repeat(200),
];

const document = (...good: readonly object[]): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: changed(
        fc.constantFrom(...good).map((one) => JSON.stringify(one)),
        SCRAPS,
        { unit: 'binary' },
      ),
    },
    { weight: 1, arbitrary: soup(SCRAPS).map((text) => `"${SECRET}"${text}`) },
  );
const keyName = fc.oneof(
  fc.constantFrom('default', 'OTHER', 'old', 'master', '__proto__', ''),
  fc.string({ unit: 'binary', maxLength: 8 }),
);

const inputs = fc.record({
  // In bytes there is no half of a surrogate pair, only in an escape.
  local: document(LOCAL, SEALED).map((text) => text.toWellFormed()),
  azure: document(HOST, OLDEST, { keys: [key('default'), key('Old', { encrypted: 'true' })] }).map((text) => text.toWellFormed()),
  /** Put in with others in their place. */
  names: fc.uniqueArray(keyName, { maxLength: 3, selector: (name) => name.toLowerCase() }),
  variables: fc.dictionary(
    changed(fc.constantFrom('PORTICO_KEYS__HOST__MASTER', 'portico_keys__functions__a__b__c', 'PORTICO_KEYS__HOST__SYSTEM__x'), [
      '__',
      '_',
      'HOST',
      '\n',
    ]),
    fc.constantFrom('', `${SECRET}-v`),
    { maxKeys: 4 },
  ),
});

export const keyDocuments = pureTarget('key-documents', 3000, inputs, ({ local, azure, names, variables }) => {
  checkLocal(local);
  const keys = names.map((name) => ({ name, value: `${SECRET}-new` }));
  checkAzure(hostDocument, azure, { master: `${SECRET}-new`, functionKeys: keys, systemKeys: [] });
  checkAzure(functionDocument, azure, keys);
  checkVariables(variables);
});

function checkLocal(text: string): void {
  const parsed = parseLocalDocument(text);
  if ('fault' in parsed) return keepsSecret(parsed.fault);
  try {
    const keys = openLocalDocument(parsed, undefined);
    const again = parseLocalDocument(writeLocalDocument(keys, undefined));
    insist(!('fault' in again), 'what is written can be read', () => JSON.stringify(again));
    insist(
      shown(openLocalDocument(again, undefined)) === shown(keys),
      'keys that are written are the same keys',
      () => `${shown(openLocalDocument(again, undefined))} and ${shown(keys)}`,
    );
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    insist(text.includes('sealed'), 'only what is sealed needs to be opened');
  }
}

function checkAzure<Keys>(readDocument: ReadDocument<Keys>, text: string, others: Keys): void {
  try {
    const { encrypted, write } = readDocument(text, 'host.json');
    const again = readDocument(write(others, { hostName: 'app.example', instanceId: 'id' }), 'host.json');
    insist(
      shown(again.keys) === shown(others),
      'keys that are written are the same keys',
      () => `${shown(again.keys)} and ${shown(others)}`,
    );
    insist(
      again.encrypted.every((name) => encrypted.includes(name)),
      'no key becomes encrypted by being written',
      () => JSON.stringify([encrypted, again.encrypted]),
    );
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    keepsSecret(`${error.message} ${error.hint}`);
  }
}

function checkVariables(settings: Readonly<Record<string, string>>): void {
  const log = createLogger({ log: (record) => keepsSecret(JSON.stringify(record)) }, 'Host.Keys');
  const { place, readOnlyReason } = openEnvironmentStore({ settings, log });
  keepsSecret(`${place} ${readOnlyReason}`);
}

const keepsSecret = (text: string): void => insist(!text.includes(SECRET), 'no value is told', () => text);

const shown = (keys: unknown): string => JSON.stringify(keys, (_, value) => (value instanceof Map ? [...value] : value));
