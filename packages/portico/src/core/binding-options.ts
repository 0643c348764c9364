// The options of one binding, by the table that its type declares.

import { parseCapturePattern } from './expressions/captures.ts';
import { resolveSettings, type SettingLookup } from './expressions/setting-names.ts';
import { type PropertyPlace, parseTemplate, type Template } from './expressions/template.ts';
import type { BindingFault } from './extension.ts';
import type { BindingMetadata, JsonObject, JsonValue } from './function-app.ts';
import { type OptionsOf, type OptionTable, type Resolves, section } from './options.ts';
import type { Problem } from './problem.ts';

/** As the table reads them. What cannot be read was found at load, and counts as absent. */
export function optionsOf<Table extends OptionTable>(table: Table, { properties }: Pick<BindingMetadata, 'properties'>): OptionsOf<Table> {
  return section(table, { doc: '', open: true }).read(properties, [], () => undefined);
}

/** As above, for a section of host.json. */
export function hostOptionsOf<Table extends OptionTable>({ table }: { readonly table: Table }, hostSection: JsonObject): OptionsOf<Table> {
  return optionsOf(table, { properties: hostSection });
}

/** Of a property that may hold expressions, which were found to be in order at load. */
export function templateOf(binding: Pick<BindingMetadata, 'name'>, property: string, text: string): Template {
  const parsed = parseTemplate(text, { binding: binding.name, property });
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed.template;
}

/** At load: app settings are put in, and what stands in braces is looked at. A property with a fault stays as it was written. */
export function resolveBinding(
  binding: BindingMetadata,
  table: OptionTable,
  settings: SettingLookup,
): { readonly binding: BindingMetadata; readonly faults: readonly BindingFault[] } {
  const faults: BindingFault[] = [];
  const resolve = (property: string, written: JsonValue): JsonValue => {
    const resolves = Object.entries(table).find(([name]) => name.toLowerCase() === property.toLowerCase())?.[1].resolves;
    if (resolves === undefined || typeof written !== 'string') return written;
    const place = { binding: binding.name, property };
    const resolved = resolveSettings(written, place, settings);
    if ('problem' in resolved) {
      faults.push({ problem: resolved.problem, property });
      return written;
    }
    const fault = faultIn(resolved.text, resolves, place);
    if (fault !== undefined) faults.push({ problem: fault, property });
    return resolved.text;
  };
  const properties = Object.fromEntries(Object.entries(binding.properties).map(([name, value]) => [name, resolve(name, value)]));
  return { binding: { ...binding, properties }, faults };
}

function faultIn(text: string, resolves: Resolves, place: PropertyPlace): Problem | undefined {
  if (resolves === 'settings') return undefined;
  const parsed = resolves === 'captures' ? parseCapturePattern(text, place) : parseTemplate(text, place);
  return 'problem' in parsed ? parsed.problem : undefined;
}
