// A JSON file with the place of everything in it. Comments, a byte order mark and trailing commas are fine; names ignore case, and of two alike the last counts.
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { JsonObject, JsonValue } from '../core/function-app.ts';
import { isJsonObject } from '../core/json-value.ts';
import type { Path } from '../core/options.ts';

export type Place = { readonly file: string; readonly line?: number; readonly column?: number };

export type JsonDocument = {
  readonly value: JsonObject;
  /** Where a value, or its name, is written; where that would belong when it is not. */
  place(path: Path, part?: 'name' | 'value'): Place;
};

/** Why a text is not JSON. */
export type JsonFault = {
  readonly place: Required<Place>;
  /** A clause: `a "," is missing`. */
  readonly reason: string;
  /** The text ends too early; what it was about last. */
  readonly endsWithin?: Path;
};

export type ParsedJson =
  | { readonly document: JsonDocument /** Names that are written more than once. */; readonly repeated: readonly Path[] }
  | { readonly document: undefined; readonly fault: JsonFault };

const REASONS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON word; texts and names stand in double quotes',
  InvalidNumberFormat: 'this is not a number',
  PropertyNameExpected: 'a name in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a ":" is missing',
  CommaExpected: 'a "," is missing',
  CloseBraceExpected: 'the closing "}" is missing',
  CloseBracketExpected: 'the closing "]" is missing',
  EndOfFileExpected: 'nothing may follow the first value',
  InvalidCommentToken: 'a comment begins with // or /*',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed',
  UnexpectedEndOfNumber: 'a number is cut off',
  InvalidUnicode: 'a \\u needs four hexadecimal digits',
  InvalidEscapeCharacter: 'no such escape exists; a backslash itself is written \\\\',
  InvalidCharacter: 'a control character must be escaped',
};

/** Every file of an app holds one object. `file` is what the places shall call the text. */
export function parseJson(written: string, file: string): ParsedJson {
  const text = written.replace(/^\ufeff/, '');
  const placeAt = (offset: number): Required<Place> => {
    const before = text.slice(0, offset);
    return { file, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
  };
  try {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true });
    const [error] = errors;
    if (error) {
      const atEnd = text.slice(error.offset).trim() === '';
      const reason = text.trim() === '' ? 'the file is empty' : (REASONS[printParseErrorCode(error.error)] ?? 'this is not JSON');
      return {
        document: undefined,
        fault: { place: placeAt(error.offset), reason, ...(atEnd && root ? { endsWithin: lastPath(root) } : {}) },
      };
    }
    if (!root) return { document: undefined, fault: { place: placeAt(0), reason: 'the file is empty' } };
    const repeated: Path[] = [];
    const value = valueIn(root, [], repeated);
    if (!isJsonObject(value)) return { document: undefined, fault: { place: placeAt(root.offset), reason: 'it must hold an object' } };
    return { document: { value, place: (path, part = 'value') => placeAt(find(root, path, part).offset) }, repeated };
  } catch (error) {
    // The only thing that parsing throws: the stack ends before the brackets do.
    if (error instanceof RangeError) return { document: undefined, fault: { place: placeAt(0), reason: 'it is nested too deeply' } };
    throw error;
  }
}

/** The value at a path, names ignoring case. */
export function valueAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((found, step) => {
    if (Array.isArray(found)) return found[Number(step)];
    return isJsonObject(found) ? memberOf(found, String(step))[1] : undefined;
  }, value);
}

/** An object's own member, its name ignoring case. */
export function memberOf(object: JsonObject, name: string): readonly [name: string, value: JsonValue | undefined] {
  return Object.entries(object).find(([known]) => known.toLowerCase() === name.toLowerCase()) ?? [name, undefined];
}

function valueIn(node: Node, path: Path, repeated: Path[]): JsonValue {
  const children = node.children ?? [];
  if (node.type === 'array') return children.map((child, index) => valueIn(child, [...path, index], repeated));
  if (node.type !== 'object') return node.value;
  const members = new Map<string, [name: string, value: JsonValue]>();
  for (const { children: [nameNode, valueNode] = [] } of children) {
    if (!nameNode || !valueNode) continue;
    const name: string = nameNode.value;
    if (members.has(name.toLowerCase())) repeated.push([...path, name]);
    members.set(name.toLowerCase(), [name, valueIn(valueNode, [...path, name], repeated)]);
  }
  return Object.fromEntries(members.values());
}

/** The node of the path, or the last one on the way to it. */
function find(root: Node, path: Path, part: 'name' | 'value'): Node {
  let found = root;
  for (const [depth, step] of path.entries()) {
    const children = found.children ?? [];
    if (typeof step === 'number') {
      const item = children[step];
      if (!item) return found;
      found = item;
      continue;
    }
    const property = children.findLast(({ children: [name] = [] }) => String(name?.value).toLowerCase() === String(step).toLowerCase());
    const [name, value] = property?.children ?? [];
    if (!name || !value) return found;
    if (part === 'name' && depth === path.length - 1) return name;
    found = value;
  }
  return found;
}

/** What the text was about where it ends. */
function lastPath(node: Node, path: Path = []): Path {
  const child = node.children?.at(-1);
  if (!child) return path;
  if (node.type === 'array') return lastPath(child, [...path, (node.children?.length ?? 1) - 1]);
  const [name, value] = child.children ?? [];
  if (!name) return path;
  return value ? lastPath(value, [...path, name.value]) : [...path, name.value];
}
