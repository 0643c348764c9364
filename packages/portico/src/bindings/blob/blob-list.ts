// The list of the blobs in a container. The storage library needs 0.1 ms for each blob and blocks the process meanwhile, half a second for a page;
// of all that it reads, four values are needed. So they are taken from the XML before the library sees it, which gets an empty list then.
//
// Whether it does hangs on a name that the library looks for and does not document. Where it is not found, the library reads the list too, which costs time only.
import { Buffer } from 'node:buffer';
import type { ContainerClient, ContainerListBlobFlatSegmentResponse, RequestPolicyFactory } from '@azure/storage-blob';
import type { BlobPage, ListedBlob } from './container-scan.ts';
import { quotedEtag } from './found-blob.ts';

type ListRequest = { readonly prefix: string; readonly marker: string | undefined; readonly most: number };

/** Puts a policy where answers are not read yet. https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/storage/storage-blob/src/Pipeline.ts */
const BEFORE_READING = { name: 'InjectorPolicyFactory' };
const MOST_TRIES = 3;

export type BlobList = {
  /** `isRaw`: the library did not read it. */
  page(request: ListRequest, signal: AbortSignal): Promise<BlobPage & { readonly isRaw: boolean }>;
};

export async function openBlobList(container: ContainerClient): Promise<BlobList> {
  const { ContainerClient, newPipeline } = await import('@azure/storage-blob');
  // Of the answer that came last: whoever lists waits for one before asking for the next.
  let found: readonly ListedBlob[] | undefined;
  const pipeline = newPipeline(container.credential, {
    userAgentOptions: { userAgentPrefix: 'portico' },
    retryOptions: { maxTries: MOST_TRIES },
  });
  const policy: RequestPolicyFactory = {
    create: (next) => ({
      async sendRequest(request) {
        const answer = await next.sendRequest(request);
        const xml = answer.status === 200 ? (answer.bodyAsText ?? '') : '';
        found = blobsIn(xml);
        if (found !== undefined) answer.bodyAsText = withoutBlobs(xml);
        return answer;
      },
    }),
  };
  pipeline.factories.push(Object.assign(policy, { constructor: BEFORE_READING }));
  const client = new ContainerClient(container.url, pipeline);
  return {
    async page({ prefix, marker, most }, abortSignal) {
      found = undefined;
      const pages = client
        .listBlobsFlat({ abortSignal, ...(prefix !== '' && { prefix }) })
        .byPage({ maxPageSize: most, ...(marker !== undefined && { continuationToken: marker }) });
      const page: ContainerListBlobFlatSegmentResponse = (await pages.next()).value;
      const { blobItems } = page.segment;
      const blobs = found ?? blobItems.map(listed);
      return {
        blobs,
        servedAtMs: (page.date ?? new Date(0)).getTime(),
        next: page.continuationToken || undefined,
        isRaw: blobItems.length === 0,
      };
    },
  };
}

function listed({ name, properties }: ContainerListBlobFlatSegmentResponse['segment']['blobItems'][number]): ListedBlob {
  const { etag, blobType = 'BlockBlob', lastModified } = properties;
  return { name, etag: quotedEtag(etag), blobType, lastModifiedMs: lastModified.getTime() };
}

/** Undefined: it is no list as it is known here. */
export function blobsIn(xml: string): readonly ListedBlob[] | undefined {
  const blobs: ListedBlob[] = [];
  const start = xml.indexOf('<Blobs');
  if (start < 0) return undefined;
  for (const [, encoded, name = '', facts = ''] of xml.matchAll(/<Blob><Name( Encoded="true")?>([^<]*)<\/Name>(.*?)<\/Blob>/gs)) {
    const etag = textIn(facts, 'Etag');
    const lastModifiedMs = Date.parse(textIn(facts, 'Last-Modified') ?? '');
    if (etag === undefined || Number.isNaN(lastModifiedMs)) return undefined;
    const text = fromXml(name);
    blobs.push({
      name: ownText(encoded === undefined ? text : decodeURIComponent(text)),
      etag: ownText(quotedEtag(fromXml(etag))),
      blobType: textIn(facts, 'BlobType') ?? 'BlockBlob',
      lastModifiedMs,
    });
  }
  return xml.split('<Blob>').length - 1 === blobs.length ? blobs : undefined;
}

function withoutBlobs(xml: string): string {
  return xml.replace(/<Blobs>.*<\/Blobs>/s, '<Blobs></Blobs>');
}

function textIn(xml: string, element: string): string | undefined {
  const start = xml.indexOf(`<${element}>`) + element.length + 2;
  const end = start < element.length + 2 ? -1 : xml.indexOf('<', start);
  return end < 0 ? undefined : xml.slice(start, end);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

function fromXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|apos|quot));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** A part of a text keeps the whole of it in memory; this does not. */
function ownText(part: string): string {
  return Buffer.from(part).toString();
}
