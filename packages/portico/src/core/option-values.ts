// Options that hold one value. Each is a valibot schema with what people are told about it.
import * as v from 'valibot';
import type { JsonObject, JsonValue } from './function-app.ts';
import { type About, declared, type Option, type Path, type Read, type Report, type Resolves } from './options.ts';
import { countsDaysUnexpectedly, parseTimeSpan } from './time-span.ts';

/** Text. Numbers and booleans count as the text that .NET makes of them, null as empty. */
export function text<Default extends string | undefined = undefined>(
  about: About<Default> & { readonly expected?: string; readonly accepts?: (text: string) => boolean },
): Option<Read<string, Default>> {
  const { expected = 'text', accepts = () => true } = about;
  return leaf(about, {
    type: 'text',
    expected,
    schema: { type: 'string' },
    parser: () =>
      v.pipe(
        v.nullable(scalar()),
        v.transform((written) => asText(written)),
        v.check(accepts),
      ),
  });
}

/** Text of a binding in which %NAME% stands for an app setting, and {name}, as `resolves` says, for what is known of an event. */
export function boundText(resolves: Resolves, about: About<undefined>): Option<string | undefined> {
  return { ...text(about), resolves };
}

/** A whole number, also as text: environment variables have nothing else. */
export function integer<Default extends number | undefined = undefined>(
  about: About<Default> & { readonly min?: number; readonly max?: number },
): Option<Read<number, Default>> {
  const { min, max } = about;
  const range = max !== undefined ? ` from ${min} to ${max}` : min !== undefined ? ` of at least ${min}` : '';
  return leaf(about, {
    type: 'integer',
    expected: `a whole number${range}`,
    schema: { type: 'integer', ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }) },
    parser: () => wholeNumber(min, max),
  });
}

/** A whole number, also as text, or a word in its place, which ignores case. */
export function integerOr<const Word extends string, Default extends number | NoInfer<Word> | undefined = undefined>(
  word: Word,
  about: About<Default> & { readonly min: number; readonly max: number },
): Option<Read<number | Word, Default>> {
  const { min, max } = about;
  const asWord = (written: string) => (written.trim().toLowerCase() === word.toLowerCase() ? word : undefined);
  return leaf(about, {
    type: 'integerOr',
    expected: `a whole number from ${min} to ${max}, or ${JSON.stringify(word)}`,
    schema: { anyOf: [{ type: 'integer', minimum: min, maximum: max }, { const: word }] },
    parser: () => v.union([wholeNumber(min, max), v.pipe(v.string(), v.transform(asWord), v.literal(word))]),
  });
}

/** True or false, also as text in any case. */
export function flag<Default extends boolean | undefined = undefined>(about: About<Default>): Option<Read<boolean, Default>> {
  return leaf(about, {
    type: 'flag',
    expected: 'true or false',
    schema: { type: 'boolean' },
    parser: () => {
      const word = v.pipe(v.string(), v.trim(), v.toLowerCase(), v.picklist(['true', 'false']));
      return v.union([
        v.boolean(),
        v.pipe(
          word,
          v.transform((written) => written === 'true'),
        ),
      ]);
    },
  });
}

/** One of some names, which ignore case; reading gives the spelling declared here. */
export function choice<const Name extends string, Default extends NoInfer<Name> | undefined = undefined>(
  names: readonly Name[],
  about: About<Default>,
): Option<Read<Name, Default>> {
  const quoted = names.map((name) => JSON.stringify(name)).join(', ');
  const declaredName = (written: string) => names.find((name) => name.toLowerCase() === written.trim().toLowerCase());
  return leaf(about, {
    type: 'choice',
    expected: quoted.replace(/, ([^,]+)$/, ' or $1'),
    schema: { enum: names },
    parser: () => v.pipe(v.string(), v.transform(declaredName), v.picklist(names)),
  });
}

/** A span of time in milliseconds. `unlimited` is a text that stands for no limit and reads as Infinity. `inDays`: readers expect a bare number to be days. */
export function timeSpan<Default extends string | undefined = undefined>(
  about: About<Default> & { readonly min?: string; readonly unlimited?: string; readonly inDays?: boolean },
): Option<Read<number, Default>> {
  const { min = '0', unlimited, inDays = false } = about;
  const least = about.min === undefined ? '' : `, at least "${min}"`;
  const none = unlimited === undefined ? '' : `, or "${unlimited}" for no limit`;
  const toMs = (written: string) => (written === unlimited ? Number.POSITIVE_INFINITY : parseTimeSpan(written));
  return leaf(about, {
    type: 'timeSpan',
    expected: `a time span such as "00:05:00"${least}${none}`,
    schema: { type: 'string' },
    parser: () =>
      v.pipe(
        scalar(),
        v.transform((written) => toMs(asText(written))),
        v.number(),
        v.minValue(toMs(min) ?? 0),
      ),
    fallback: about.default === undefined ? undefined : toMs(about.default),
    remark(written, path, report) {
      const found = asText(written);
      if (!inDays && countsDaysUnexpectedly(found)) report({ kind: 'days', path, found });
    },
  });
}

/** Any JSON: what others read, or nobody here. */
export function json(about: About<undefined>): Option<JsonValue | undefined> {
  return leaf(about, { type: 'json', expected: 'JSON', schema: {}, parser: () => v.custom<JsonValue>(() => true) });
}

const INT32 = { min: -2_147_483_648, max: 2_147_483_647 };

function wholeNumber(min = INT32.min, max = INT32.max) {
  const digits = v.pipe(v.string(), v.regex(/^\s*[+-]?\d+\s*$/), v.transform(Number));
  return v.pipe(v.union([v.number(), digits]), v.integer(), v.minValue(min), v.maxValue(max));
}

function scalar() {
  return v.union([v.string(), v.number(), v.boolean()]);
}

function asText(written: JsonValue): string {
  if (written === null) return '';
  if (typeof written === 'boolean') return written ? 'True' : 'False';
  return String(written);
}

type Leaf<Value> = {
  readonly type: Option['type'];
  readonly expected: string;
  readonly schema: JsonObject;
  /** Made when the first value is read: most options of most files are absent, and starting must cost nothing. */
  readonly parser: () => v.GenericSchema<unknown, Value>;
  /** What the default reads as, where that is something else. */
  readonly fallback?: Value | undefined;
  /** What may be said of a value although it can be read. */
  readonly remark?: (written: JsonValue, path: Path, report: Report) => void;
};

/** Null is absent, unless the parser takes it. */
function leaf<Value, Default extends JsonValue | undefined>(
  about: About<Default>,
  { type, expected, schema, parser, fallback, remark }: Leaf<Value>,
): Option<Read<Value, Default>> {
  const absent = (fallback ?? about.default) as Read<Value, Default>;
  let made: v.GenericSchema<unknown, Value> | undefined;
  const option: Option<Read<Value, Default>> = {
    ...declared(type, about, expected),
    schema: () => schema,
    read(written, path, report) {
      if (written === undefined) return absent;
      made ??= parser();
      const parsed = v.safeParse(made, written);
      if (parsed.success) {
        remark?.(written, path, report);
        return parsed.output;
      }
      if (written !== null) report({ kind: 'bad-value', path, found: written, option, used: about.default });
      return absent;
    },
  };
  return option;
}
