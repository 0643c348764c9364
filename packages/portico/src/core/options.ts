// Option tables: every option of every configuration file is declared once, with its name, type, range, default and one sentence.
// The reader below, the problems with their positions, the JSON Schemas and the reference pages all come from that one declaration.
// Nothing here knows a file: issues carry the path of a value, and the caller knows where that path is written.
// Here are the shapes; the values they hold are declared with option-values.ts. Start at `section`.
import type { JsonObject, JsonValue } from './function-app.ts';
import { isJsonObject } from './json-value.ts';
import { nearestName } from './nearest-name.ts';

/** From the top of the file: names as they are written there, and positions in lists. */
export type Path = readonly (string | number)[];

export type BadValue = {
  readonly kind: 'bad-value';
  readonly path: Path;
  readonly found: JsonValue;
  readonly option: Option;
  /** What counts instead. */
  readonly used: JsonValue | undefined;
};

export type OptionIssue =
  | BadValue
  | { readonly kind: 'unknown-key'; readonly path: Path; readonly siblings: readonly string[] }
  | { readonly kind: 'days'; readonly path: Path; readonly found: string };

export type Report = (issue: OptionIssue) => void;

/** `settings`: %NAME% alone, which is put in at load; `expressions`: {name} as well, for each event; `captures`: {name} takes a part of a path. */
export type Resolves = 'settings' | 'expressions' | 'captures';

/** One option. Reading it never fails: what cannot be read is reported, and the default counts. */
export type Option<Value = unknown> = {
  readonly type: 'text' | 'integer' | 'integerOr' | 'flag' | 'choice' | 'timeSpan' | 'list' | 'record' | 'section' | 'json';
  readonly doc: string;
  /** Where the official documentation speaks of it. */
  readonly source: string | undefined;
  /** As one would write it. */
  readonly default: JsonValue | undefined;
  /** Completes "expected …". */
  readonly expected: string;
  /** Of a text in a binding: what stands in it for something else. */
  readonly resolves?: Resolves;
  /** JSON Schema of what may be written, without description and default. */
  schema(): JsonObject;
  /** Of a section. */
  readonly table?: OptionTable;
  /** Of a list or a record. */
  readonly item?: Option;
  /** `path` is where the value stands, for what is reported of it. */
  read(written: JsonValue | undefined, path: Path, report: Report): Value;
};

export type OptionTable = Readonly<Record<string, Option>>;
export type OptionsOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value> ? Value : never;
};
export type Section<Table extends OptionTable = OptionTable> = Option<OptionsOf<Table>> & { readonly table: Table };

/** What the declaration says of an option, as JSON Schema. */
export function jsonSchemaOf(option: Option): JsonObject {
  const { doc, source, default: fallback } = option;
  return { description: source ? `${doc} ${source}` : doc, ...option.schema(), ...(fallback !== undefined && { default: fallback }) };
}

export type About<Default> = { readonly doc: string; readonly source?: string; readonly default?: Default };
export type Read<Value, Default> = Value | (Default extends undefined ? undefined : never);

/** Items that cannot be read are left out; a lone value counts as a list of one. */
export function list<Item, Default extends readonly JsonValue[] | undefined = undefined>(
  item: Option<Item>,
  about: About<Default>,
): Option<Read<readonly Exclude<Item, undefined>[], Default>> {
  const option: Option<Read<readonly Exclude<Item, undefined>[], Default>> = {
    ...declared('list', about, 'a list'),
    item,
    schema: () => ({ type: 'array', items: jsonSchemaOf(item) }),
    read(written, path, report) {
      const absent = written === undefined || written === null || written === '';
      const items = absent ? about.default : Array.isArray(written) ? written : isJsonObject(written) ? about.default : [written];
      if (!absent && !Array.isArray(written)) report({ kind: 'bad-value', path, found: written, option, used: items });
      const read = items?.map((value, index) => item.read(value, [...path, index], report)).filter((value) => value !== undefined);
      return read as Read<readonly Exclude<Item, undefined>[], Default>;
    },
  };
  return option;
}

/** An object with names of the user's choosing, all of one type. Members that cannot be read are left out. */
export function record<Item>(
  item: Option<Item>,
  about: About<undefined> & { readonly names?: Option<string | undefined> },
): Option<Readonly<Record<string, Exclude<Item, undefined>>>> {
  const option: Option<Readonly<Record<string, Exclude<Item, undefined>>>> = {
    ...declared('record', about, 'an object'),
    item,
    schema: () => ({ type: 'object', additionalProperties: jsonSchemaOf(item) }),
    read(written, path, report) {
      const members = Object.entries(objectIn(written, path, report, option)).flatMap(([name, value]) => {
        const isNamed = about.names === undefined || about.names.read(name, [...path, name], report) !== undefined;
        const read = isNamed ? item.read(value, [...path, name], report) : undefined;
        return read === undefined ? [] : [[name, read as Exclude<Item, undefined>] as const];
      });
      return Object.fromEntries(members);
    },
  };
  return option;
}

/** An object with options of its own. Names ignore case. In an `open` one, unknown names pass unless they look misspelt. */
export function section<Table extends OptionTable>(table: Table, about: About<undefined> & { readonly open?: boolean }): Section<Table> {
  const names = Object.keys(table);
  const option: Section<Table> = {
    ...declared('section', about, 'an object'),
    table,
    schema() {
      const properties = Object.fromEntries(Object.entries(table).map(([name, member]) => [name, jsonSchemaOf(member)]));
      return { type: 'object', properties, additionalProperties: about.open ?? false };
    },
    read(written, path, report) {
      const members = new Map(Object.entries(objectIn(written, path, report, option)).map((member) => [member[0].toLowerCase(), member]));
      const options = names.map((name) => {
        const [nameWritten, value] = members.get(name.toLowerCase()) ?? [name, undefined];
        members.delete(name.toLowerCase());
        return [name, table[name]?.read(value, [...path, nameWritten], report)];
      });
      members.delete('$schema');
      for (const [name] of members.values()) {
        if (!about.open || nearestName(name, names)) report({ kind: 'unknown-key', path: [...path, name], siblings: names });
      }
      return Object.fromEntries(options) as OptionsOf<Table>;
    },
  };
  return option;
}

export function declared<Type extends Option['type']>(
  type: Type,
  { doc, source, default: fallback }: About<JsonValue | undefined>,
  expected: string,
) {
  return { type, doc, source, default: fallback, expected };
}

/** Null and an empty text, which is what an environment variable has for it, are an object without members. */
function objectIn(written: JsonValue | undefined, path: Path, report: Report, option: Option): JsonObject {
  if (isJsonObject(written)) return written;
  const isAbsent = written === undefined || written === null || written === '';
  if (!isAbsent) report({ kind: 'bad-value', path, found: written, option, used: undefined });
  return {};
}
