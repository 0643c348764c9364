import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dateTimeOffset } from '../../core/binding-value.ts';
import { blobProperties } from './blob-properties.ts';

const RECORDING = new URL('../../../../../test/conformance/recordings/blob-in.existing.json', import.meta.url);

describe('blobProperties', () => {
  test('has the members that were recorded, in their order', () => {
    const { handlerReceived } = JSON.parse(readFileSync(RECORDING, 'utf8'));
    expect(Object.keys(blobProperties({}))).toEqual(Object.keys(handlerReceived[0].json.Metadata.Properties));
  });

  test('gives what is not known the value that .NET has for it', () => {
    const { handlerReceived } = JSON.parse(readFileSync(RECORDING, 'utf8'));
    const recorded = handlerReceived[0].json.Metadata.Properties;
    const same = [
      'BlobType',
      'CopyStatus',
      'BlobCopyStatus',
      'LeaseDuration',
      'LeaseState',
      'BlobSequenceNumber',
      'TagCount',
      'ImmutabilityPolicy',
    ];
    for (const name of [...same, 'ArchiveStatus', 'IsSealed', 'HasLegalHold', 'VersionId'])
      expect(blobProperties({})[name]).toEqual(recorded[name]);
    expect(blobProperties({}).ExpiresOn).toEqual(dateTimeOffset(new Date('0001-01-01T00:00:00Z')));
  });

  test.each([
    [{ blobType: 'AppendBlob' as const }, { BlobType: 2 }],
    [
      { blobType: 'PageBlob' as const, blobSequenceNumber: 7 },
      { BlobType: 1, BlobSequenceNumber: 7 },
    ],
    [
      { leaseState: 'leased' as const, leaseStatus: 'locked' as const, leaseDuration: 'fixed' as const },
      { LeaseState: 1, LeaseStatus: 0, LeaseDuration: 1 },
    ],
    [{ leaseStatus: 'unlocked' as const }, { LeaseStatus: 1 }],
    [{ copyStatus: 'success' as const }, { CopyStatus: 1, BlobCopyStatus: 1 }],
    [{ contentMD5: Uint8Array.of(1, 2) }, { ContentHash: Uint8Array.of(1, 2) }],
    [{ etag: '"0x1"' }, { ETag: '"0x1"' }],
    [{ metadata: { owner: 'me' } }, { Metadata: { owner: 'me' } }],
  ])('makes of %o what .NET would', (facts, members) => {
    expect(blobProperties(facts)).toMatchObject(members);
  });
});
