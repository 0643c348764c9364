// `?code=` holds a key, and no key belongs in a log or in an answer, wherever in an address somebody has put it.
import { decodeQueryText } from '../worker/payload/query.ts';

/** The parameter of a query that holds a key, in any letter case. */
export const KEY_PARAMETER = 'code';

/** As generate-key makes them, and Azure's host: known by their signature, under whatever name they come. */
const GENERATED_KEY = /[\w-]{44}AzFu[\w-]{6}(?:==|%3[Dd]%3[Dd])?/g;

/** A request target with `…` in place of keys, however the name before them is written. */
export function maskKeys(target: string): string {
  const masked = mapPairs(target, (pair, keyStart) => (keyStart === undefined ? pair : `${pair.slice(0, keyStart)}…`));
  return masked.includes('AzFu') ? masked.replaceAll(GENERATED_KEY, '…') : masked;
}

/** Without them. */
export function removeKeys(target: string): string {
  return mapPairs(target, (pair, keyStart) => (keyStart === undefined ? pair : undefined));
}

/** Every request has a line in the log, and nearly none has a key in it. */
const MAY_NAME_KEY = /code|%/i;

function mapPairs(target: string, map: (pair: string, keyStart: number | undefined) => string | undefined): string {
  const question = target.indexOf('?');
  if (question < 0 || !MAY_NAME_KEY.test(target)) return target;
  const pairs = target.slice(question + 1).split('&');
  const mapped = pairs.map((pair) => map(pair, findKey(pair))).filter((pair) => pair !== undefined);
  return mapped.length === 0 ? target.slice(0, question) : `${target.slice(0, question)}?${mapped.join('&')}`;
}

/** Where the key begins. What follows a second question mark may have been meant for a query too. */
function findKey(pair: string): number | undefined {
  let start = 0;
  for (const part of pair.split('?')) {
    const equals = part.indexOf('=');
    if (equals >= 0 && decodeQueryText(part.slice(0, equals)).toLowerCase().split('?').at(-1) === KEY_PARAMETER) return start + equals + 1;
    start += part.length + 1;
  }
  return undefined;
}
