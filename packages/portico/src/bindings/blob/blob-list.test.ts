import { describe, expect, test } from 'vitest';
import { blobsIn } from './blob-list.ts';

const listOf = (...blobs: string[]) =>
  `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://acme.blob.core.windows.net/" ContainerName="in"><MaxResults>5000</MaxResults><Blobs>${blobs.join('')}</Blobs><NextMarker/></EnumerationResults>`;
const blobOf = (name: string, more = '<BlobType>BlockBlob</BlobType>', attribute = '') =>
  `<Blob><Name${attribute}>${name}</Name><Properties><Creation-Time>Thu, 26 Nov 2026 15:34:15 GMT</Creation-Time><Last-Modified>Thu, 26 Nov 2026 15:34:16 GMT</Last-Modified><Etag>0x24A7</Etag>${more}</Properties><OrMetadata /></Blob>`;

describe('blobsIn', () => {
  test('takes what is needed of each blob', () => {
    expect(blobsIn(listOf(blobOf('a.txt'), blobOf('dir/b', '<Content-MD5 /><BlobType>PageBlob</BlobType>')))).toEqual([
      { name: 'a.txt', etag: '"0x24A7"', blobType: 'BlockBlob', lastModifiedMs: Date.parse('2026-11-26T15:34:16Z') },
      { name: 'dir/b', etag: '"0x24A7"', blobType: 'PageBlob', lastModifiedMs: Date.parse('2026-11-26T15:34:16Z') },
    ]);
    expect(blobsIn(listOf())).toEqual([]);
  });

  test.each([
    ['a &amp; b &lt;c&gt; &quot;d&quot; &apos;e&apos;', '', 'a & b <c> "d" \'e\''],
    ['&amp;lt;', '', '&lt;'],
    ['x&#xD;y&#10;z&#x1F600;', '', 'x\ry\nz😀'],
    ['100%', '', '100%'],
    ['a%EF%BF%BF%20b', ' Encoded="true"', 'a\uffff b'],
  ])('reads the name %s%s', (written, attribute, name) => {
    expect(blobsIn(listOf(blobOf(written, '', attribute)))?.[0]?.name).toBe(name);
  });

  test.each([
    ['no list', '<Error><Code>ServerBusy</Code></Error>'],
    ['nothing', ''],
    ['a blob without an ETag', listOf(blobOf('a').replace('Etag>', 'E>'))],
    ['a blob that is written in another way', listOf('<Blob><Deleted>true</Deleted><Name>a</Name></Blob>')],
  ])('leaves %s to the library', (_, xml) => {
    expect(blobsIn(xml)).toBeUndefined();
  });
});
