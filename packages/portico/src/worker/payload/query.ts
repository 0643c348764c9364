// The query of a request as Azure's host reads it: keys ignore case, `+` is a blank, what is not UTF-8 stays percent-encoded.

/** Key in lower case → its spelling and values in order. */
export type Query = ReadonlyMap<string, { readonly name: string; readonly values: readonly string[] }>;

/** `text` is what follows the question mark, as sent. */
export function parseQuery(text: string): Query {
  const query = new Map<string, { name: string; values: string[] }>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeQueryText(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodeQueryText(pair.slice(equals + 1));
    const key = name.toLowerCase();
    const earlier = query.get(key);
    if (earlier === undefined) {
      query.set(key, { name, values: [value] });
      continue;
    }
    // Parity: of several spellings the second occurrence's stays (payload-body.collision).
    if (earlier.values.length === 1) earlier.name = name;
    earlier.values.push(value);
  }
  return query;
}

/** A name or a value, as sent. */
export function decodeQueryText(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? spaced.replace(ENCODED_CHARACTER, decodeCharacter) : spaced;
}

const ENCODED_CHARACTER = /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi;

function decodeCharacter(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // An overlong form or half a surrogate pair: no character, so nothing is lost by leaving the bytes as they came.
    return encoded;
  }
}
