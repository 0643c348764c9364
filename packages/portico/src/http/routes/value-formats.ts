// What .NET's parsers accept in the invariant culture, as far as route constraints ask. Values are recognised, never converted.

export const INT32 = { least: -(2n ** 31n), most: 2n ** 31n - 1n };
export const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };
const MOST_DECIMAL = 2n ** 96n - 1n;

// A comma groups nothing in particular: .NET skips it anywhere between the first digit and the decimal point.
const AMOUNT = String.raw`(?=\.?\d)[\d,]*(?:\.\d*)?`;
const SPACE = String.raw`[\t-\r ]*`;
const DASHED_GUID = String.raw`[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`;

const INTEGER = /^[\t-\r ]*([+-]?\d+)[\t-\r ]*$/;
const DECIMAL = new RegExp(`^${SPACE}(?:[+-]?${AMOUNT}|${AMOUNT}${SPACE}[+-])${SPACE}$`);
const FLOAT = new RegExp(`^${SPACE}[+-]?${AMOUNT}(?:e[+-]?\\d+)?${SPACE}$`, 'i');
const FLOAT_WORD = /^\s*[+-]?(?:infinity|nan)\s*$/i;
const BOOL = /^\s*(?:true|false)\s*$/i;
const GUID = new RegExp(String.raw`^\s*(?:[\da-f]{32}|${DASHED_GUID}|\{${DASHED_GUID}\}|\(${DASHED_GUID}\))\s*$`, 'i');
const GUID_OF_NUMBERS = /^\{0x[\da-f]{1,8}(?:,0x[\da-f]{1,4}){2},\{0x[\da-f]{1,2}(?:,0x[\da-f]{1,2}){7}\}\}$/i;

/** A whole number with an optional sign and blanks around it, of any size. */
export function parseInteger(text: string): bigint | undefined {
  const digits = INTEGER.exec(text)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

export function isInteger(text: string, { least, most }: { readonly least: bigint; readonly most: bigint }): boolean {
  const value = parseInteger(text);
  return value !== undefined && value >= least && value <= most;
}

export function isDecimal(text: string): boolean {
  if (!DECIMAL.test(text)) return false;
  const whole = text.replace(/\..*/s, '').replaceAll(/\D/g, '');
  return BigInt(whole) <= MOST_DECIMAL;
}

/** `double` and `float` alike: what is too large becomes infinity, so the size does not matter. */
export function isFloat(text: string): boolean {
  return FLOAT.test(text) || FLOAT_WORD.test(text);
}

export function isBool(text: string): boolean {
  return BOOL.test(text);
}

export function isGuid(text: string): boolean {
  return GUID.test(text) || GUID_OF_NUMBERS.test(text.replaceAll(/\s/g, ''));
}

/** Whether the last segment of a value has a dot with something other than dots after it. */
export function isFileName(text: string): boolean {
  return /\.[^.]/.test(text.slice(text.lastIndexOf('/') + 1));
}
