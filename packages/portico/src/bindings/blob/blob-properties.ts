// What the handler is told of a blob under `Properties`: the members of Azure.Storage.Blobs.Models.BlobProperties, in their order, with its enumerations as numbers.
// Recorded in blob-in.trigger. Azure's host loses the value of ETag; here it has one.
import type { BlobGetPropertiesResponse } from '@azure/storage-blob';
import { type BindingValue, dateTimeOffset } from '../../core/binding-value.ts';

const BLOB_TYPES = ['BlockBlob', 'PageBlob', 'AppendBlob'];
const COPY_STATUSES = ['pending', 'success', 'aborted', 'failed'];
const LEASE_DURATIONS = ['infinite', 'fixed'];
const LEASE_STATES = ['available', 'leased', 'expired', 'breaking', 'broken'];
const LEASE_STATUSES = ['locked', 'unlocked'];
/** .NET's DateTimeOffset that was never set. */
const YEAR_ONE = new Date('0001-01-01T00:00:00Z');

type Facts = Omit<BlobGetPropertiesResponse, '_response'>;

export function blobProperties(facts: Facts): Readonly<Record<string, BindingValue>> {
  const { copyStatus } = facts;
  return {
    LastModified: date(facts.lastModified),
    CreatedOn: date(facts.createdOn),
    Metadata: facts.metadata ?? {},
    ObjectReplicationDestinationPolicyId: facts.objectReplicationDestinationPolicyId ?? null,
    ObjectReplicationSourceProperties: null,
    BlobType: numberOf(BLOB_TYPES, facts.blobType),
    CopyCompletedOn: date(facts.copyCompletedOn),
    CopyStatusDescription: facts.copyStatusDescription ?? null,
    CopyId: facts.copyId ?? null,
    CopyProgress: facts.copyProgress ?? null,
    CopySource: facts.copySource ?? null,
    CopyStatus: numberOf(COPY_STATUSES, copyStatus),
    BlobCopyStatus: copyStatus === undefined ? null : numberOf(COPY_STATUSES, copyStatus),
    IsIncrementalCopy: facts.isIncrementalCopy ?? false,
    DestinationSnapshot: facts.destinationSnapshot ?? null,
    LeaseDuration: numberOf(LEASE_DURATIONS, facts.leaseDuration),
    LeaseState: numberOf(LEASE_STATES, facts.leaseState),
    LeaseStatus: numberOf(LEASE_STATUSES, facts.leaseStatus),
    ContentLength: facts.contentLength ?? 0,
    ContentType: facts.contentType ?? null,
    ETag: facts.etag ?? '',
    ContentHash: facts.contentMD5 === undefined ? null : facts.contentMD5,
    ContentEncoding: facts.contentEncoding ?? null,
    ContentDisposition: facts.contentDisposition ?? null,
    ContentLanguage: facts.contentLanguage ?? null,
    CacheControl: facts.cacheControl ?? null,
    BlobSequenceNumber: facts.blobSequenceNumber ?? 0,
    AcceptRanges: facts.acceptRanges ?? null,
    BlobCommittedBlockCount: facts.blobCommittedBlockCount ?? 0,
    IsServerEncrypted: facts.isServerEncrypted ?? false,
    EncryptionKeySha256: facts.encryptionKeySha256 ?? null,
    EncryptionScope: facts.encryptionScope ?? null,
    AccessTier: facts.accessTier ?? null,
    AccessTierInferred: facts.accessTierInferred ?? false,
    ArchiveStatus: facts.archiveStatus ?? null,
    AccessTierChangedOn: date(facts.accessTierChangedOn),
    VersionId: facts.versionId ?? null,
    IsLatestVersion: facts.isCurrentVersion ?? false,
    TagCount: facts.tagCount ?? 0,
    ExpiresOn: date(facts.expiresOn),
    IsSealed: facts.isSealed ?? false,
    RehydratePriority: facts.rehydratePriority ?? null,
    LastAccessed: date(facts.lastAccessed),
    ImmutabilityPolicy: {
      ExpiresOn: facts.immutabilityPolicyExpiresOn === undefined ? null : date(facts.immutabilityPolicyExpiresOn),
      PolicyMode: policyMode(facts.immutabilityPolicyMode),
    },
    HasLegalHold: facts.legalHold ?? false,
  };
}

function date(at: Date | undefined): BindingValue {
  return dateTimeOffset(at ?? YEAR_ONE);
}

/** What .NET's enumerations begin with stands for none. */
function numberOf(names: readonly string[], name: string | undefined): number {
  return name === undefined ? 0 : Math.max(0, names.indexOf(name));
}

function policyMode(mode: string | undefined): BindingValue {
  const known = ['mutable', 'unlocked', 'locked'].indexOf(mode?.toLowerCase() ?? '');
  return known < 0 ? null : known;
}
