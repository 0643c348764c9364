/** One version of a blob. */
export type FoundBlob = {
  readonly name: string;
  /** With quotation marks, as receipts and messages have it. */
  readonly etag: string;
  /** BlockBlob, PageBlob or AppendBlob. */
  readonly blobType: string;
};

/** A list has ETags without the quotation marks that headers have. */
export function quotedEtag(etag: string): string {
  return etag.startsWith('"') || etag.startsWith('W/') ? etag : `"${etag}"`;
}
