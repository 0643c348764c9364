// What the environment puts over host.json: `AzureFunctionsJobHost__extensions__http__routePrefix=v1`.
// Names ignore case and take `:` as well as `__`; lists merge by index. https://learn.microsoft.com/azure/azure-functions/functions-host-json#override-hostjson-values
import type { AppSettings, JsonObject, JsonValue } from '../core/function-app.ts';
import { isJsonObject } from '../core/json-value.ts';
import type { Path } from '../core/options.ts';
import { type JsonDocument, memberOf, type Place, valueAt } from './json-document.ts';

export type Override = {
  /** The environment variable, or where else the value comes from. */
  readonly place: Place;
  readonly path: readonly string[];
  readonly value: JsonValue;
};

/** In an order in which list items can be appended. */
export function overridesIn(settings: AppSettings): Override[] {
  const overrides = Object.entries(settings).flatMap(([variable, text]) => {
    const [prefix, ...path] = variable.replaceAll('__', ':').split(':');
    if (prefix?.toLowerCase() !== 'azurefunctionsjobhost' || path.length === 0) return [];
    return [{ place: { file: variable }, path, value: isArguments(path) ? (parseList(text) ?? text) : text }];
  });
  return overrides.sort((one, other) => comparePaths(one.path, other.path));
}

/** A document with the values put over it, or only where it has none. Those that do not fit are given back. */
export function withValues(
  document: JsonDocument,
  overrides: readonly Override[],
  when: 'always' | 'absent' = 'always',
): { readonly document: JsonDocument; readonly ignored: readonly Override[] } {
  let value: JsonObject = document.value;
  const ignored: Override[] = [];
  const places = new Map<string, Place>();
  for (const override of overrides) {
    const path = landing(value, override.path);
    const before = value;
    // An object stays one: every path has a step.
    value = put(before, path, override.value, when) as JsonObject;
    if (valueAt(value, path) !== override.value) {
      ignored.push(override);
      continue;
    }
    const isNew = (depth: number) => valueAt(before, path.slice(0, depth)) === undefined;
    for (let depth = path.length; depth === path.length || (depth > 0 && isNew(depth)); depth--) {
      places.set(keyOf(path.slice(0, depth)), override.place);
    }
  }
  return {
    document: {
      value,
      place(path, part) {
        for (let depth = path.length; depth > 0; depth--) {
          const place = places.get(keyOf(path.slice(0, depth)));
          if (place) return place;
        }
        return document.place(path, part);
      },
    },
    ignored,
  };
}

/** Where a path leads: an index beyond the end of a list is its end. */
function landing(value: JsonValue, path: readonly string[]): string[] {
  let current: JsonValue | undefined = value;
  return path.map((step) => {
    const isItem: boolean = isIndex(step) && !isJsonObject(current);
    const landed = isItem ? String(Math.min(Number(step), Array.isArray(current) ? current.length : 0)) : step;
    current = valueAt(current, [landed]);
    return landed;
  });
}

/** Neither text nor list replaces an object, and only a list a list: what cannot be put leaves the target as it is. */
function put(target: JsonValue | undefined, path: readonly string[], value: JsonValue, when: 'always' | 'absent'): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) {
    if (target === undefined) return value;
    const replaces = when === 'always' && !isJsonObject(target) && (!Array.isArray(target) || Array.isArray(value));
    return replaces ? value : target;
  }
  if (Array.isArray(target)) {
    if (!isIndex(step)) return target;
    const index = Number(step);
    const item = put(target[index], rest, value, when);
    return index === target.length ? [...target, item] : target.with(index, item);
  }
  if (isJsonObject(target)) {
    const [name, known] = memberOf(target, step);
    return { ...target, [name]: put(known, rest, value, when) };
  }
  if (target !== undefined && when === 'absent') return target;
  const only = put(undefined, rest, value, when);
  return isIndex(step) ? [only] : { [step]: only };
}

function isIndex(step: string): boolean {
  return /^\d+$/.test(step);
}

function keyOf(path: Path): string {
  return path.join('\0').toLowerCase();
}

function comparePaths(one: readonly string[], other: readonly string[]): number {
  for (const [depth, step] of one.entries()) {
    const against = other[depth];
    if (against === undefined) return 1;
    const difference = isIndex(step) && isIndex(against) ? Number(step) - Number(against) : 0;
    if (difference !== 0 || step !== against) return difference || (step < against ? -1 : 1);
  }
  return one.length - other.length;
}

/** `customHandler.description.arguments` and its like: the lists that one variable may hold whole, as JSON. */
export function isArguments(path: readonly string[]): boolean {
  return /^(customhandler|httpworker):description:(workerarguments|arguments)$/i.test(path.join(':'));
}

function parseList(text: string): JsonValue[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : undefined;
  } catch {
    // Not a list: Azure ignores it, and whoever asked says so.
    return undefined;
  }
}
