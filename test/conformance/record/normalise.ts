// Takes out of a recording what changes from run to run, and nothing else, so that two runs can be laid side by side.
import { createScrubber, type RunFacts, type Scrub } from './scrub.ts';
import type { HeaderPair, Json } from './types.ts';

// Volatile facts, kept in the full recording only.
const DROPPED = new Set(['at', 'connection', 'tookMs', 'pid', 'port', 'hostLogTail', 'readyAfterMs', 'streamedMs', 'stimuli']);

type Fields = { [key: string]: unknown };
type Received = { method?: string; url?: string; rawHeaders?: HeaderPair[] };
type Recording = Fields & { handlerReceived: Received[]; unordered?: boolean };

export function normalise(recording: Recording, facts: RunFacts): Fields {
  const scrub = createScrubber(facts);
  for (const { rawHeaders = [] } of recording.handlerReceived) {
    // Invocation ids are numbered first: a GUID more or less elsewhere must not renumber them.
    for (const [name, value] of rawHeaders) if (/^x-azure-functions-invocationid$/i.test(name)) scrub(value);
  }
  const copy = convert(recording, scrub) as Recording;
  if (recording.unordered) copy.handlerReceived.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  return copy;
}

const orderOf = ({ method, url, text, json }: Fields) => JSON.stringify([method, url, text, json]);

function convert(value: unknown, scrub: Scrub): unknown {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map((item) => convert(item, scrub));
  if (value === null || typeof value !== 'object') return value;
  const fields = value as Fields;
  const copy: Fields = {};
  for (const [key, item] of Object.entries(fields)) {
    if (DROPPED.has(key)) continue;
    if (key === 'rawHeaders') copy.rawHeaders = convertHeaders(item as HeaderPair[], fields.body, scrub);
    else if (key === 'body') Object.assign(copy, bodyView(item as string, scrub));
    else copy[scrub(key)] = convert(item, scrub);
  }
  if (fields.streamedMs !== undefined && fields.rawHeaders) copy.streamed = (fields.streamedMs as number) > 200;
  return copy;
}

function convertHeaders(rawHeaders: HeaderPair[], body: unknown, scrub: Scrub): HeaderPair[] {
  return rawHeaders.map(([name, value]) => {
    if (/^date$/i.test(name)) return [name, '<http-date>'];
    if (/^etag$/i.test(name) && /^"?0x/i.test(value)) return [name, '<etag>'];
    // The length of a body that holds a GUID, a time or a version changes with them.
    if (/^content-length$/i.test(name) && typeof body === 'string' && scrub(body) !== body) return [name, '<length>'];
    return [name, scrub(value)];
  });
}

/** JSON is shown as a value with its layout named, so that a difference has a path; anything else as text. */
function bodyView(text: string, scrub: Scrub): Fields {
  if (text === '') return { text: '' };
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    return { text: scrub(text) };
  }
  if (json === null || typeof json !== 'object') return { text: scrub(text) };
  const indented = JSON.stringify(json, null, 2);
  const layouts = { compact: JSON.stringify(json), 'indented by 2': indented, 'indented by 2, CRLF': indented.replaceAll('\n', '\r\n') };
  const layout = Object.entries(layouts).find(([, written]) => written === text)?.[0];
  const view = { json: convertJson(json, scrub), layout: layout ?? 'other' };
  return layout === undefined ? { ...view, text: scrub(text) } : view;
}

function convertJson(value: Json, scrub: Scrub, key = ''): Json {
  if (typeof value === 'string') {
    if (/^(etag|odata\.etag)$/i.test(key)) return '<etag>';
    return /stack-?trace/i.test(key) ? '<stack-trace>' : scrub(value);
  }
  if (Array.isArray(value)) return value.map((item) => convertJson(item, scrub));
  if (value === null || typeof value !== 'object') {
    return /^(processUptime|processId|pid)$/i.test(key) && typeof value === 'number' ? '<number>' : value;
  }
  const entries = Object.entries(value).map(([name, item]): [string, Json] => {
    if (/^PopReceipt$/i.test(name) && typeof item === 'string') return [name, item.replace(/[^"\\]+/, '<pop-receipt>')];
    return [scrub(name), convertJson(item, scrub, name)];
  });
  return Object.fromEntries(entries);
}
