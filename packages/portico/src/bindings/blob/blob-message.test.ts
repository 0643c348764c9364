import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBlobMessage, writeBlobMessage } from './blob-message.ts';

describe('a message', () => {
  test('has the layout that Azure gives it', () => {
    const message = {
      functionName: 'OnBlob',
      blobType: 'BlockBlob',
      container: 'watched',
      blob: 'folder/bad.bin',
      etag: '"0x242759531B21540"',
    };
    expect(writeBlobMessage(message)).toBe(
      [
        '{',
        '  "Type": "BlobTrigger",',
        '  "FunctionId": "Host.Functions.OnBlob",',
        '  "BlobType": "BlockBlob",',
        '  "ContainerName": "watched",',
        '  "BlobName": "folder/bad.bin",',
        String.raw`  "ETag": "\"0x242759531B21540\""`,
        '}',
      ].join('\n'),
    );
  });

  test('is read as it was written', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.isWellFormed());
    const message = fc.record({ functionName: text, blobType: text, container: text, blob: text, etag: text });
    fc.assert(
      fc.property(message, (one) => {
        expect(readBlobMessage(writeBlobMessage(one))).toEqual(one);
      }),
    );
  });

  test.each([
    ['{', 'is no JSON'],
    ['[]', 'is no JSON object'],
    ['{"FunctionId":"Host.Functions.X"}', 'has no ContainerName and no BlobName'],
    ['{"ContainerName":"c","BlobName":"b"}', 'has no FunctionId'],
  ])('%s %s', (text, reason) => {
    expect(readBlobMessage(text)).toEqual({ unreadable: expect.stringContaining(reason) });
  });
});
