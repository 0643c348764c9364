/** Best first: what a caller without a preference gets. curl and its kin send no `Accept` or a wildcard. */
const MEDIA_TYPES = { text: 'text/plain', json: 'application/json', html: 'text/html' } as const;

export type Format = keyof typeof MEDIA_TYPES;
type MediaRange = { readonly type: string; readonly quality: number; readonly place: number };

/**
 * Picks a format for an `Accept` header (RFC 9110, section 12.5.1): the highest quality wins, then the one named first.
 * Where nothing fits, text: an address in an unwanted form helps more than a 406.
 */
export function negotiate(accept = ''): Format {
  const ranges = accept.split(',').map(parseMediaRange);
  const [best] = Object.entries(MEDIA_TYPES)
    .map(([format, type]) => ({ format: format as Format, ...rangeFor(type, ranges) }))
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality || one.place - other.place);
  return best?.format ?? 'text';
}

function parseMediaRange(text: string, place: number): MediaRange {
  const [type = '', ...parameters] = text
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
  // A quality that cannot be read asks for nothing.
  return { type, quality: /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(quality) ? Number(quality) : 0, place };
}

/** The most specific range speaks for a type: who refuses `text/html` means it, even beside a wildcard. */
function rangeFor(type: string, ranges: readonly MediaRange[]): Pick<MediaRange, 'quality' | 'place'> {
  const [family] = type.split('/');
  for (const candidate of [type, `${family}/*`, '*/*']) {
    const range = ranges.find((other) => other.type === candidate);
    if (range) return range;
  }
  return { quality: 0, place: ranges.length };
}
