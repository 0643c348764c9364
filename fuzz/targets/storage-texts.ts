// What is kept in queues, containers and tables, by whoever wrote it, and what functions write there: read or refused, and the same when it is read again.
import fc from 'fast-check';
import { parseConnectionString } from '../../packages/portico/src/azure/connection-string.ts';
import { withExactTexts } from '../../packages/portico/src/azure/message-text.ts';
import { blobsIn } from '../../packages/portico/src/bindings/blob/blob-list.ts';
import { readBlobMessage, writeBlobMessage } from '../../packages/portico/src/bindings/blob/blob-message.ts';
import { blobOfUrl, blobUrl, parseBlobPath } from '../../packages/portico/src/bindings/blob/blob-path.ts';
import { parseWatchedPath } from '../../packages/portico/src/bindings/blob/watched-path.ts';
import { decodeMessage, encodeMessage } from '../../packages/portico/src/bindings/queue/message-encoding.ts';
import { batchesOf } from '../../packages/portico/src/bindings/table/batches.ts';
import { parseFilter } from '../../packages/portico/src/bindings/table/filter.ts';
import { newRows } from '../../packages/portico/src/bindings/table/new-row.ts';
import { readPage, readRow } from '../../packages/portico/src/bindings/table/stored-row.ts';
import { HostError } from '../../packages/portico/src/core/error.ts';
import { parseCapturePattern } from '../../packages/portico/src/core/expressions/captures.ts';
import { insist, pureTarget } from '../target.ts';
import { changed, soup } from '../text.ts';

const SECRET = 'U2VjcmV0';
const SCRAPS = [
  '/',
  '\\',
  '.',
  '..',
  '%',
  '%2F',
  '%zz',
  '?',
  '#',
  '{',
  '}',
  '{{',
  '"',
  "'",
  "''",
  ',',
  ':',
  ';',
  '=',
  '==',
  '[',
  ']',
  '&#x41;',
  '&amp;',
  '\0',
  '\r\n',
  ' ',
  '\ud800',
  'é',
  '😀',
  'null',
  '1e999',
  '99999999999999999999',
  '"PartitionKey":"p"',
  '"rowkey":1',
  '"__proto__":{}',
  '"@odata.type":"Edm.Int64"',
  'http://',
  'a'.repeat(1100),
];
const text = (...samples: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: changed(fc.constantFrom(...samples), SCRAPS, { unit: 'binary' }) },
    { weight: 1, arbitrary: soup(SCRAPS) },
  );

const BLOB_MESSAGE = '{"Type":"BlobTrigger","FunctionId":"Host.Functions.F","ContainerName":"in","BlobName":"a/b.txt","ETag":"\\"0x1\\""}';
const inputs = fc.record({
  message: text('aGVsbG8=', 'aGVs bG8=\r\n', 'hello', '{"a":1}', BLOB_MESSAGE),
  path: text('in/a/b.txt', 'http://127.0.0.1:10000/acct/in/a%20b.txt', 'https://acct.blob.core.windows.net/in/a?sv=1', '$root/x', '$web'),
  pattern: text('in', 'in/{name}', 'in/{dir}/{name}.{ext}', 'in/a-{{b}}-{c}'),
  rows: text(
    '{"PartitionKey":"p","RowKey":"r","N":1,"D":1.5,"S":"x","B":true,"O":{"a":[]}}',
    '[{"RowKey":"1"},{"RowKey":"1","Timestamp":"x"},{"RowKey":"2","odata.etag":"*"}]',
  ),
  stored: text(
    '{"odata.metadata":"x","value":[{"PartitionKey":"p","A":"5","A@odata.type":"Edm.Int64","D":"2024-01-02T03:04:05.1200000Z"}]}',
  ),
  setting: text(
    `DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=${SECRET}==;EndpointSuffix=core.windows.net`,
    `BlobEndpoint=https://acct.blob.core.windows.net/;SharedAccessSignature=sv=1&sig=${SECRET}`,
    'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://127.0.0.1',
  ),
  value: fc.oneof(text("' or 1 eq 1 or A eq '", '36', 'true', '-1.5e3'), fc.string({ unit: 'binary' })),
});

export const storageTexts = pureTarget('storage-texts', 2000, inputs, ({ message, path, pattern, rows, stored, setting, value }) => {
  checkMessage(message);
  checkBlobPath(path);
  checkWatchedPath(pattern, path);
  checkLists(path, message);
  checkRows(rows);
  readRow(stored);
  readPage(stored);
  checkFilter(value);
  const read = parseConnectionString(setting, 'AzureWebJobsStorage');
  // What was cut out of a key may stand where a name does: only a whole one counts.
  if ('problem' in read) insist(!JSON.stringify(read.problem).includes(`Key=${SECRET}`), 'no key is quoted', () => JSON.stringify(read));
});

function checkMessage(written: string): void {
  const bytes = decodeMessage(written, 'base64');
  if (bytes !== undefined) {
    const again = decodeMessage(encodeMessage(bytes, 'base64') ?? '', 'base64');
    insist(again !== undefined && Buffer.compare(bytes, again) === 0, 'a message in base64 reads the same', () => written);
  }
  const plain = encodeMessage(Buffer.from(written), 'none');
  insist(plain === undefined || plain === written.toWellFormed(), 'a message as text is that text', () => String(plain));
  const read = readBlobMessage(written);
  if ('unreadable' in read) return;
  const again = readBlobMessage(writeBlobMessage(read));
  insist(JSON.stringify(again) === JSON.stringify({ ...read, blobType: read.blobType }), 'a message about a blob reads the same', () =>
    JSON.stringify([read, again]),
  );
}

function checkBlobPath(written: string): void {
  const path = parseBlobPath(written);
  if ('fault' in path) return insist(path.fault.reason !== '', 'a fault says what it is');
  const { container, blob } = path;
  insist(/^[$a-z0-9-]{3,63}$/.test(container), 'a container has a name that the service takes', () => container);
  insist(blob !== '' && blob.length <= 1024 && !/\\|[./]$/.test(blob), 'a blob has a name that the service takes', () => blob);
  // A URL has no way to write them, and one that begins with an address is read as that of an emulator.
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(blob) || !blob.isWellFormed()) return;
  const url = blobUrl(`https://acct.blob.core.windows.net/${container}`, blob);
  insist(
    JSON.stringify(blobOfUrl(url)) === JSON.stringify(path),
    'the address of a blob leads to it',
    () => `${url} ${JSON.stringify(path)}`,
  );
}

function checkWatchedPath(written: string, blob: string): void {
  const at = written.indexOf('/');
  // Where the pattern is wrong the app is told at its load, and nobody comes here.
  if (at >= 0 && 'problem' in parseCapturePattern(written.slice(at + 1), { binding: 'in', property: 'path' })) return;
  const watched = parseWatchedPath(written);
  if ('fault' in watched) return insist(watched.fault.reason !== '', 'a fault says what it is');
  insist(watched.match(blob) === undefined || blob.startsWith(watched.prefix), 'what matches begins with the prefix', () => watched.prefix);
}

/** As the service writes them: names and texts in XML, in which each character may be written by its number. */
function checkLists(name: string, message: string): void {
  const inXml = (written: string): string => written.replaceAll(/[^ -%'-;=?-~]/gu, (sign) => `&#x${sign.codePointAt(0)?.toString(16)};`);
  const [blob, queued] = [name, message].map((one) => one.toWellFormed());
  const facts = '<Last-Modified>Mon, 01 Jan 2024 00:00:00 GMT</Last-Modified><Etag>0x1</Etag><BlobType>BlockBlob</BlobType>';
  const blobs = blobsIn(`<Blobs><Blob><Name>${inXml(blob ?? '')}</Name><Properties>${facts}</Properties></Blob></Blobs>`);
  insist(blobs?.length === 1 && blobs[0]?.name === blob, 'a blob in a list has its name', () => JSON.stringify(blobs));
  const xml = `<QueueMessage><MessageText>${inXml(queued ?? '')}</MessageText></QueueMessage>`;
  const [read] = withExactTexts(
    [{ messageText: queued?.includes('&') || inXml(queued ?? '').includes('&#') ? '&#' : (queued ?? '') }],
    xml,
  );
  insist(read?.messageText === queued, 'a message in a list has its text', () => JSON.stringify(read));
}

function checkRows(written: string): void {
  const defaults = { table: 'rows', partitionKey: 'p', rowKey: undefined };
  try {
    const { rows } = newRows({ name: 'out', value: written, keepsText: false }, defaults);
    const batches = batchesOf(rows);
    insist(batches.flat().length === rows.length, 'each row is written once');
    for (const batch of batches) {
      const keys = new Set(batch.map(({ rowKey }) => rowKey));
      const partitions = new Set(batch.map(({ partitionKey }) => partitionKey));
      insist(keys.size === batch.length && partitions.size === 1, 'a batch is of one partition and has each row once');
    }
    for (const { partitionKey, rowKey } of rows)
      insist(!/[/\\#?\p{Cc}]/u.test(partitionKey + rowKey), 'a row has keys that the service takes', () => partitionKey + rowKey);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    insist(error.message !== '', 'a fault says what it is');
  }
}

function checkFilter(value: string): void {
  const bind = (template: string): string => parseFilter(template, { name: 'in' }).bind({ bind: () => value } as never);
  const quoted = bind("A eq '{v}' and B eq 'x'");
  insist(/^A eq '(?:[^']|'')*' and B eq 'x'$/.test(quoted), 'a value in quotes stays a value', () => quoted);
  try {
    const bare = bind('A gt {v} and B eq 1');
    insist(/^A gt [-+.\w]+ and B eq 1$/.test(bare), 'a value without quotes is a number or a boolean', () => bare);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
  }
}
