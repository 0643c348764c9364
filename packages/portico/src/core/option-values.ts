// Options that hold one value. Each is a valibot schema with what people are told about it.
import * as v from 'valibot';
import type { JsonObject, JsonValue } from './function-app.ts';
import { type About, declared, type Option, type Path, type Read, type Report } from './options.ts';
import { countsDaysUnexpectedly, parseTimeSpan } from './time-span.ts';

const scalar = v.union([v.string(), v.number(), v.boolean()]);

/** Text. Numbers and booleans count as the text that .NET makes of them, null as empty. */
export function text<Default extends string | undefined = undefined>(
  about: About<Default> & { readonly expected?: string; readonly accepts?: (text: string) => boolean },
): Option<Read<string, Default>> {
  const parser = v.pipe(
    v.nullable(scalar),
    v.transform((written) => asText(written)),
    v.check((written: string) => about.accepts?.(written) ?? true),
  );
  return leaf('text', about, about.expected ?? 'text', { type: 'string' }, parser);
}

/** A whole number, also as text: environment variables have nothing else. */
export function integer<Default extends number | undefined = undefined>(
  about: About<Default> & { readonly min?: number; readonly max?: number },
): Option<Read<number, Default>> {
  const { min = -2_147_483_648, max = 2_147_483_647 } = about;
  const digits = v.pipe(v.string(), v.regex(/^\s*[+-]?\d+\s*$/), v.transform(Number));
  const parser = v.pipe(v.union([v.number(), digits]), v.integer(), v.minValue(min), v.maxValue(max));
  const range = about.max !== undefined ? ` from ${min} to ${max}` : about.min !== undefined ? ` of at least ${min}` : '';
  return leaf('integer', about, `a whole number${range}`, { type: 'integer', minimum: min, maximum: max }, parser);
}

/** True or false, also as text in any case. */
export function flag<Default extends boolean | undefined = undefined>(about: About<Default>): Option<Read<boolean, Default>> {
  const word = v.pipe(
    v.string(),
    v.trim(),
    v.toLowerCase(),
    v.picklist(['true', 'false']),
    v.transform((word) => word === 'true'),
  );
  return leaf('flag', about, 'true or false', { type: 'boolean' }, v.union([v.boolean(), word]));
}

/** One of some names, which ignore case; reading gives the spelling declared here. */
export function choice<const Name extends string, Default extends NoInfer<Name> | undefined = undefined>(
  names: readonly Name[],
  about: About<Default>,
): Option<Read<Name, Default>> {
  const parser = v.pipe(
    v.string(),
    v.transform((written) => names.find((name) => name.toLowerCase() === written.trim().toLowerCase())),
    v.picklist(names),
  );
  return leaf(
    'choice',
    about,
    names
      .map((name) => JSON.stringify(name))
      .join(', ')
      .replace(/, ([^,]+)$/, ' or $1'),
    { enum: names },
    parser,
  );
}

/** A span of time in milliseconds. `unlimited` is a text that stands for no limit and reads as Infinity. `inDays`: readers expect a bare number to be days. */
export function timeSpan<Default extends string | undefined = undefined>(
  about: About<Default> & { readonly min?: string; readonly unlimited?: string; readonly inDays?: boolean },
): Option<Read<number, Default>> {
  const minMs = about.min === undefined ? 0 : (parseTimeSpan(about.min) ?? 0);
  const parser = v.pipe(
    scalar,
    v.transform((written) => (asText(written) === about.unlimited ? Number.POSITIVE_INFINITY : parseTimeSpan(asText(written)))),
    v.number(),
    v.minValue(minMs),
  );
  const expected = `a time span such as "00:05:00"${about.min ? `, at least "${about.min}"` : ''}${about.unlimited ? `, or "${about.unlimited}" for no limit` : ''}`;
  return leaf('timeSpan', about, expected, { type: 'string' }, parser, (written, path, report) => {
    const found = asText(written);
    if (found !== about.unlimited && !about.inDays && countsDaysUnexpectedly(found)) report({ kind: 'days', path, found });
  });
}

/** Any JSON: what others read, or nobody here. */
export function json(about: About<undefined>): Option<JsonValue | undefined> {
  return leaf(
    'json',
    about,
    'JSON',
    {},
    v.custom<JsonValue>(() => true),
  );
}

function asText(written: JsonValue): string {
  if (written === null) return '';
  if (typeof written === 'boolean') return written ? 'True' : 'False';
  return String(written);
}

/** Null is absent, unless the parser takes it. `remark`: what may be said of a value although it can be read. */
function leaf<Value, Default extends JsonValue | undefined>(
  type: Option['type'],
  about: About<Default>,
  expected: string,
  schema: JsonObject,
  parser: v.GenericSchema<unknown, Value>,
  remark?: (written: JsonValue, path: Path, report: Report) => void,
): Option<Read<Value, Default>> {
  const fallback = (about.default === undefined ? undefined : v.parse(parser, about.default)) as Read<Value, Default>;
  const option: Option<Read<Value, Default>> = {
    ...declared(type, about, expected),
    schema,
    read(written, path, report) {
      if (written === undefined) return fallback;
      const parsed = v.safeParse(parser, written);
      if (parsed.success) {
        remark?.(written, path, report);
        return parsed.output;
      }
      if (written !== null) report({ kind: 'bad-value', path, found: written, option, used: about.default });
      return fallback;
    },
  };
  return option;
}
