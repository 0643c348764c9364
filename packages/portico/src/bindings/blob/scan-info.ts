// How far a container was searched, for the next run of the host. Azure's host reads and writes the first member; it has one place for all functions,
// here each has its own, so that one that is new, or watches another path, begins at the beginning.
import type { JsonObject } from '../../core/function-app.ts';
import { readJson } from '../../core/json-reader.ts';
import { isJsonObject } from '../../core/json-value.ts';
import { writeJson } from '../../core/json-writer.ts';
import { fullNameOf } from './blob-message.ts';
import type { Watch } from './blob-notifier.ts';

export type ScanInfo = { sinceMsOf(watch: Watch): number | undefined };

export function scanInfoPath({ hostId, account, container }: { hostId: string; account: string; container: string }): string {
  return `blobscaninfo/${hostId}/${account}/${container}/scanInfo`;
}

/** What cannot be read counts as nothing: the receipts know what was done. */
export function readScanInfo(text: string | undefined): ScanInfo {
  const reading = text === undefined ? undefined : readJson(text);
  const info: JsonObject = reading !== undefined && 'value' in reading && isJsonObject(reading.value) ? reading.value : {};
  const watches = info.Watches;
  if (watches === undefined) return { sinceMsOf: () => instantOf(info.LatestScan) };
  return {
    sinceMsOf({ functionName, path }) {
      const known = isJsonObject(watches) ? watches[fullNameOf(functionName)] : undefined;
      return isJsonObject(known ?? null) && (known as JsonObject).Path === path.text
        ? instantOf((known as JsonObject).LatestScan)
        : undefined;
    },
  };
}

export function writeScanInfo(progress: ReadonlyMap<Watch, number>): string {
  const watches = [...progress].map(([{ functionName, path }, sinceMs]) => [
    fullNameOf(functionName),
    { Path: path.text, LatestScan: new Date(sinceMs).toISOString() },
  ]);
  return writeJson({ LatestScan: new Date(Math.min(...progress.values())).toISOString(), Watches: Object.fromEntries(watches) });
}

function instantOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
