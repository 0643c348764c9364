const ENCODED_CHARACTER = /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi;

/**
 * Decodes every percent-encoded character of a path except the slash, which would otherwise become a separator.
 * What is not UTF-8 stays as it was sent.
 */
export function decodePath(path: string): string {
  return path.includes('%') ? path.replace(ENCODED_CHARACTER, decodeCharacter) : path;
}

function decodeCharacter(encoded: string): string {
  if (encoded === '%2F' || encoded === '%2f') return encoded;
  try {
    return decodeURIComponent(encoded);
  } catch {
    // An overlong form or half a surrogate pair: no character, so nothing is lost by leaving the bytes as they came.
    return encoded;
  }
}
