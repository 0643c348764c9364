import { nameOf } from './findings.ts';
import type { JsonFault } from './json-document.ts';

/** What the JSON parser of Azure's host says to the same text. Known for a text that ends too early, by far the most frequent fault. */
export function azureParserMessage({ endsWithin, place }: JsonFault): string | undefined {
  if (!endsWithin) return undefined;
  return `Unexpected end of content while loading JObject. Path '${nameOf(endsWithin)}', line ${place.line}, position ${place.column - 1}.`;
}
