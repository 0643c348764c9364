const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Resolves the `.` and `..` segments of a raw path, percent-encoded dots included; everything else keeps its bytes.
 * Returns the very same string when there is nothing to resolve.
 */
export function resolveDotSegments(path: string): string {
  if (!DOT_SEGMENT.test(path)) return path;
  const [origin, ...segments] = path.split('/');
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const dots = segment.replaceAll(/%2e/gi, '.');
    if (dots !== '.' && dots !== '..') {
      kept.push(segment);
      continue;
    }
    if (dots === '..') kept.pop();
    // At the end they still name a folder: "/a/." is "/a/".
    if (index === segments.length - 1) kept.push('');
  }
  return `${origin}/${kept.join('/')}`;
}
