// The bindings of one function: each on its own, then all together.
import { resolveBinding } from '../core/binding-options.ts';
import type { SettingLookup } from '../core/expressions/setting-names.ts';
import type { CheckFacts } from '../core/extension.ts';
import type { BindingMetadata, HttpTriggerMetadata, JsonObject } from '../core/function-app.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { OptionsOf, Path } from '../core/options.ts';
import {
  bindingDirectionWrong,
  bindingNameInvalid,
  bindingNameMissing,
  bindingNameRepeated,
  bindingTypeMissing,
  bindingTypeNotRunYet,
  bindingTypeUnknown,
  httpBindingAsInput,
  methodMisspelt,
  returnBindingNotOut,
  triggerMissing,
  triggerRepeated,
} from '../core/problems/function-json.ts';
import { BINDING_TYPES, declaredType, isTriggerType, standingOf } from './binding-types.ts';
import type { Findings } from './findings.ts';
import { type BINDING_OPTIONS, HTTP_METHODS, type HTTP_OPTIONS, type HTTP_TRIGGER_OPTIONS } from './function-options.ts';

export type ReadBinding = {
  readonly metadata: BindingMetadata;
  readonly path: Path;
  /** What only an httpTrigger has. */
  readonly http: OptionsOf<typeof HTTP_OPTIONS> | undefined;
};

export type BindingOptions = OptionsOf<typeof BINDING_OPTIONS> | OptionsOf<typeof HTTP_TRIGGER_OPTIONS>;

export type BindingFacts = CheckFacts & { readonly lookup: SettingLookup };

/** What is wrong with the binding for itself. Its properties get the app settings that they name. */
export function checkBinding(
  options: BindingOptions,
  properties: JsonObject,
  path: Path,
  findings: Findings,
  facts: BindingFacts,
): ReadBinding {
  const { type = '', name = '', direction, dataType, cardinality } = options;
  const http = 'authLevel' in options ? options : undefined;
  if (type === '') findings.add(bindingTypeMissing(), path);
  if (name === '') findings.add(bindingNameMissing(), path);
  else if (!/^([a-z][a-z0-9]{0,127}|\$return)$/i.test(name)) findings.add(bindingNameInvalid(name), [...path, 'name']);
  if (name === '$return' && direction !== 'out') findings.add(returnBindingNotOut(direction), [...path, 'direction']);
  if (type.toLowerCase() === 'http' && direction !== 'out') findings.add(httpBindingAsInput(), [...path, 'direction']);
  for (const [index, method] of (http?.methods ?? []).entries()) {
    const nearest = HTTP_METHODS.includes(method.toUpperCase()) ? undefined : nearestName(method, HTTP_METHODS);
    if (nearest) findings.add(methodMisspelt(method, nearest), [...path, 'methods', index]);
  }
  const metadata = checkDeclared({ name, type, direction, dataType, cardinality, properties }, path, findings, facts);
  return { metadata, path, http };
}

/** What an extension says of it. */
function checkDeclared(written: BindingMetadata, path: Path, findings: Findings, facts: BindingFacts): BindingMetadata {
  const declared = declaredType(written.type);
  if (declared === undefined) return written;
  const { binding, faults } = resolveBinding(written, declared.options, facts.lookup);
  const directions = (['in', 'out'] as const).filter((direction) => {
    return direction === 'in' ? declared.trigger !== undefined || declared.input !== undefined : declared.output !== undefined;
  });
  const { type, direction } = binding;
  if (!(directions as readonly string[]).includes(direction) && !(direction === 'inout' && directions.length === 2)) {
    findings.add(bindingDirectionWrong(type, direction, directions), [...path, 'direction']);
  }
  // What a table cannot tell makes no sense of a value that could not be put together.
  const more = faults.length > 0 ? [] : (declared.check?.(binding, facts) ?? []);
  for (const { problem, property } of [...faults, ...more]) findings.add(problem, property === undefined ? path : [...path, property]);
  return binding;
}

/** The one trigger, or undefined when there is not exactly one. */
export function checkBindings(bindings: readonly ReadBinding[], hasBundle: boolean, findings: Findings): BindingMetadata | undefined {
  const names = new Set<string>();
  for (const { metadata, path } of bindings) {
    const name = metadata.name.toLowerCase();
    if (name !== '' && names.has(name)) findings.add(bindingNameRepeated(metadata.name), [...path, 'name']);
    names.add(name);
  }
  const triggers = bindings.filter(({ metadata }) => isTriggerType(metadata.type) && metadata.direction !== 'out');
  const [first, second] = triggers;
  if (second) findings.add(triggerRepeated(triggers.map(({ metadata }) => metadata.type)), [...second.path, 'type']);

  // A binding without a type, or with one that is misspelt, may be the trigger that is missed.
  let mayBeThere = bindings.some(({ metadata }) => metadata.type === '');
  for (const { metadata, path } of bindings) {
    const { type } = metadata;
    if (type === '' || standingOf(type) !== 'unknown') continue;
    const nearest = nearestName(type, BINDING_TYPES);
    const isMissed = !first && nearest !== undefined && isTriggerType(nearest);
    const problem = bindingTypeUnknown(type, nearest, hasBundle);
    findings.add(
      isMissed ? { ...problem, azureMessage: 'No trigger binding specified. A function must have a trigger input binding.' } : problem,
      [...path, 'type'],
    );
    mayBeThere ||= isMissed;
  }
  if (!first && !mayBeThere) findings.add(triggerMissing(), ['bindings']);

  // Whoever has something to mend first hears of this afterwards: it says nothing of the file.
  const isFaulty = findings.problems.some(({ severity }) => severity === 'error');
  for (const { metadata, path } of isFaulty ? [] : bindings) {
    if (standingOf(metadata.type) === 'not run yet') findings.add(bindingTypeNotRunYet(metadata.type), [...path, 'type']);
  }
  return second ? undefined : first?.metadata;
}

/** Of a function in error too, because its URL says what is wrong with it. */
export function httpTriggerIn(bindings: readonly ReadBinding[], functionName: string): HttpTriggerMetadata | undefined {
  const { http } = bindings.find((binding) => binding.http !== undefined) ?? {};
  if (!http) return undefined;
  const { authLevel, methods, route = '' } = http;
  return {
    route: route.trim() === '' ? functionName : route,
    methods,
    authLevel,
    simple: isSimple(bindings.map(({ metadata }) => metadata)),
  };
}

function isSimple(bindings: readonly BindingMetadata[]): boolean {
  const inputs = bindings.filter(({ direction }) => direction !== 'out');
  const outputs = bindings.filter(({ direction }) => direction !== 'in');
  return (
    inputs.length === 1 &&
    outputs.length === 1 &&
    inputs[0]?.type.toLowerCase() === 'httptrigger' &&
    outputs[0]?.type.toLowerCase() === 'http'
  );
}
