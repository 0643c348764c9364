// Reads the two parts of a Content-Type that anybody here asks for. https://www.rfc-editor.org/rfc/rfc9110#name-content-type

/** `Text/HTML; charset=x` → `text/html`. */
export function mediaTypeOf(contentType: string): string {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/** `text/html; Charset="UTF-8"` → `utf-8`; undefined when none is declared. */
export function charsetOf(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1]?.toLowerCase();
}
