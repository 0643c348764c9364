// Reads JSON text with the liberties and the exactness of Azure's host (test/golden/json-newtonsoft.json): 'quotes', comments, trailing
// commas and line breaks in strings are accepted, and no digit is lost. Nearly every text is plain JSON without risky numbers: JSON.parse reads it.
import { doubleJson } from './double-text.ts';
import type { JsonObject, JsonValue } from './function-app.ts';
import { exactNumber } from './json-value.ts';

export type JsonReading = { readonly value: JsonValue } | { readonly fault: string };

/** Deeper text is refused: whoever walks through a value may then call himself. */
const MOST_LEVELS = 256;

// JSON.parse would accept these and lose something: more than 15 digits of an integer, 1.0, 1e3, what .NET writes with an exponent,
// half a surrogate pair. Other fractions are spelled alike on both sides.
const RISKY = /(?:^|[[:,])\s*-?(?:\d{16}|[\d.]{20}|0\.000|\d+(?:\.\d*)?[eE]|\d+\.\d*0(?!\d))|\\u[dD][89a-fA-F]/;

/** Empty text is null, as there. */
export function readJson(text: string): JsonReading {
  if (!RISKY.test(text)) {
    try {
      const value = JSON.parse(text) as JsonValue;
      return text.length > MOST_LEVELS && isDeeper(value, MOST_LEVELS) ? { fault: TOO_DEEP } : { value };
    } catch {
      // Not JSON in the strict sense; the careful way accepts more, or says what is wrong.
    }
  }
  try {
    return { value: readCarefully(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: error.message };
    throw error;
  }
}

const TOO_DEEP = `it is nested more than ${MOST_LEVELS} levels deep`;

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

const ORDINARY = /[^"'\\]*/y;
const SPACE_AND_COMMENTS = /(?:\s+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
const WORD = /[-+.\w$]*/y;
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '/': '/', '\\': '\\', '"': '"', "'": "'" };

function readCarefully(text: string): JsonValue {
  let at = 0;
  const value = skipSpace() < text.length ? readValue(MOST_LEVELS) : null;
  if (skipSpace() < text.length) throw unexpected();
  return value;

  function readValue(levels: number): JsonValue {
    if (levels < 0) throw new SyntaxError(TOO_DEEP);
    switch (text[skipSpace()]) {
      case '{':
        return readObject(levels);
      case '[':
        return readArray(levels);
      case '"':
      case "'":
        return readString();
      default:
        return readLiteral();
    }
  }

  function readObject(levels: number): JsonObject {
    const object: Record<string, JsonValue> = {};
    at += 1;
    while (text[skipSpace()] !== '}') {
      const name = text[at] === '"' || text[at] === "'" ? readString() : readWord();
      if (text[skipSpace()] !== ':') throw unexpected();
      at += 1;
      const value = readValue(levels - 1);
      if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
      else object[name] = value;
      if (!skipComma('}')) break;
    }
    at += 1;
    return object;
  }

  function readArray(levels: number): JsonValue[] {
    const array: JsonValue[] = [];
    at += 1;
    while (text[skipSpace()] !== ']') {
      // Parity: a missing element counts. There it is "undefined", for which JSON has no word.
      array.push(text[at] === ',' ? null : readValue(levels - 1));
      if (!skipComma(']')) break;
    }
    at += 1;
    return array;
  }

  /** True when another member may follow. */
  function skipComma(end: string): boolean {
    const found = text[skipSpace()];
    if (found !== ',' && found !== end) throw unexpected();
    if (found === ',') at += 1;
    return found === ',';
  }

  function readString(): string {
    const quote = text[at];
    let result = '';
    for (at += 1; at < text.length; ) {
      result += take(ORDINARY);
      const found = text[at];
      at += 1;
      if (found === quote) return result.toWellFormed();
      result += found === '\\' ? readEscape() : (found ?? '');
    }
    throw new SyntaxError('it ends within a string');
  }

  function readEscape(): string {
    const letter = text[at] ?? '';
    if (letter !== 'u') {
      if (!Object.hasOwn(ESCAPES, letter)) throw unexpected();
      at += 1;
      return ESCAPES[letter] as string;
    }
    const digits = text.slice(at + 1, at + 5);
    if (!/^[\da-f]{4}$/i.test(digits)) throw unexpected();
    at += 5;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  function readLiteral(): JsonValue {
    const start = at;
    const word = readWord();
    if (Object.hasOwn(LITERALS, word)) return LITERALS[word] as JsonValue;
    const number = readNumber(word);
    if (number !== undefined) return number;
    at = start;
    throw unexpected();
  }

  function readWord(): string {
    const word = take(WORD);
    if (word === '') throw unexpected();
    return word;
  }

  function skipSpace(): number {
    const code = text.charCodeAt(at);
    // Most characters are neither white space nor the slash of a comment.
    if (code <= 32 || code === 47 || code > 126) take(SPACE_AND_COMMENTS);
    return at;
  }

  /** What the pattern matches here, empty perhaps. */
  function take(pattern: RegExp): string {
    const start = at;
    pattern.lastIndex = start;
    if (pattern.test(text)) at = pattern.lastIndex;
    return text.slice(start, at);
  }

  function unexpected(): SyntaxError {
    if (at >= text.length) return new SyntaxError('it ends too early');
    const before = text.slice(0, at).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
    return new SyntaxError(`${JSON.stringify(text.slice(at, at + 1))} is unexpected at ${place}`);
  }
}

// Parity: what JSON has no number for is written as a string.
const LITERALS: Readonly<Record<string, JsonValue>> = {
  true: true,
  false: false,
  null: null,
  undefined: null,
  NaN: 'NaN',
  Infinity: 'Infinity',
  '-Infinity': '-Infinity',
};

function readNumber(word: string): JsonValue | undefined {
  if (/^-?(?:0|[1-9]\d*)$/.test(word)) return Number.isSafeInteger(Number(word)) ? Number(word) : exactNumber(word);
  if (/^0x[\da-f]{1,13}$/i.test(word)) return Number.parseInt(word, 16);
  if (/^0[0-7]{1,17}$/.test(word)) return Number.parseInt(word, 8);
  if (!/^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(word)) return undefined;
  const value = Number(word);
  if (!Number.isFinite(value)) return String(value);
  const text = doubleJson(value);
  return text === JSON.stringify(value) ? value : exactNumber(text);
}
