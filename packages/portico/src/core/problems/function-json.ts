// Problems of one function. An error takes that function down and no other.
import type { Unresolved } from '../key-vault-reference.ts';
import { defineProblem } from '../problem.ts';

export const functionJsonInvalid = defineProblem('FUNCTION_JSON_INVALID', 'error', (reason: string, parserMessage: string | undefined) => ({
  message: `function.json is not valid JSON: ${reason}.`,
  hint: 'The function runs as soon as the file is mended.',
  azureMessage: parserMessage,
}));

export const functionNameInvalid = defineProblem('FUNCTION_NAME_INVALID', 'error', (name: string) => ({
  message: `'${name}' is not a valid function name.`,
  hint: 'Rename the folder: a letter, then up to 127 letters, digits, "_" and "-"; "host" is taken.',
  azureMessage: `'${name}' is not a valid function name.`,
}));

export const bindingsMissing = defineProblem('BINDINGS_MISSING', 'error', () => ({
  message: 'At least one binding must be declared.',
  hint: 'Write "bindings": [{ "type": "httpTrigger", "direction": "in", "name": "req" }, { "type": "http", "direction": "out", "name": "res" }].',
  azureMessage: 'At least one binding must be declared.',
}));

export const bindingNameMissing = defineProblem('BINDING_NAME_MISSING', 'error', () => ({
  message: 'The binding has no "name".',
  hint: 'Write for example "name": "req": the payload calls its data so.',
  azureMessage: 'The binding name  is invalid. Please assign a valid name to the binding.',
}));

export const bindingNameInvalid = defineProblem('BINDING_NAME_INVALID', 'error', (name: string) => ({
  message: `The binding name ${JSON.stringify(name)} is invalid.`,
  hint: 'A name is a letter and then letters and digits, without "_" and "-"; or "$return" for an output.',
  azureMessage: `The binding name ${name} is invalid. Please assign a valid name to the binding.`,
}));

export const bindingNameRepeated = defineProblem('BINDING_NAME_REPEATED', 'error', (name: string) => ({
  message: `Multiple bindings with name '${name}' discovered.`,
  hint: 'Give each binding a name of its own; names ignore case.',
  azureMessage: `Multiple bindings with name '${name}' discovered. Binding names must be unique.`,
}));

export const returnBindingNotOut = defineProblem('RETURN_BINDING_NOT_OUT', 'error', (direction: string) => ({
  message: `The binding "$return" has the direction "${direction}", but it is what the function returns.`,
  hint: 'Write "direction": "out".',
}));

export const bindingTypeMissing = defineProblem('BINDING_TYPE_MISSING', 'error', () => ({
  message: 'A binding has no type.',
  hint: 'Write for example "type": "httpTrigger".',
}));

export const bindingTypeUnknown = defineProblem(
  'BINDING_TYPE_UNKNOWN',
  'error',
  (type: string, nearest: string | undefined, hasBundle: boolean) => ({
    message: `The binding type "${type}" does not exist.`,
    hint: nearest
      ? `Did you mean "${nearest}"?`
      : 'Known types: https://learn.microsoft.com/azure/azure-functions/functions-triggers-bindings#supported-bindings',
    azureMessage: hasBundle
      ? `The binding type(s) '${type}' were not found in the configured extension bundle. Please ensure the type is correct and the correct version of extension bundle is configured.`
      : `The binding type(s) '${type}' are not registered. Please ensure the type is correct and the binding extension is installed.`,
  }),
);

export const bindingTypeNotRunYet = defineProblem('BINDING_TYPE_NOT_RUN_YET', 'error', (type: string) => ({
  message: `Azure runs the binding type "${type}"; Portico does not yet.`,
  hint: 'The other functions of the app run. The README says which types it runs, and what comes.',
}));

export const bindingDirectionWrong = defineProblem(
  'BINDING_DIRECTION_WRONG',
  'error',
  (type: string, found: string, allowed: readonly string[]) => ({
    message: `A "${type}" binding cannot have the direction "${found}".`,
    hint: `Write "direction": ${allowed.map((direction) => JSON.stringify(direction)).join(' or ')}.`,
  }),
);

export const triggerMissing = defineProblem('TRIGGER_MISSING', 'error', () => ({
  message: 'No trigger binding specified.',
  hint: 'A function needs one binding that starts it, with a type that ends in "Trigger" and the direction "in".',
  azureMessage: 'No trigger binding specified. A function must have a trigger input binding.',
}));

export const triggerRepeated = defineProblem('TRIGGER_REPEATED', 'error', (types: readonly string[]) => ({
  message: `Multiple trigger bindings defined: ${types.join(', ')}.`,
  hint: 'A function has one trigger; make another function for the other.',
  azureMessage: 'Multiple trigger bindings defined. A function can only have a single trigger binding.',
}));

export const httpBindingAsInput = defineProblem('HTTP_BINDING_AS_INPUT', 'error', () => ({
  message: 'Http binding can only be used for output.',
  hint: 'Write "direction": "out"; the request comes in through the httpTrigger.',
  azureMessage: 'Http binding can only be used for output.',
}));

export const methodMisspelt = defineProblem('METHOD_MISSPELT', 'warning', (method: string, nearest: string) => ({
  message: `methods lists "${method}", which looks misspelt.`,
  hint: `Did you mean "${nearest}"? Requests with any other method do not reach the function.`,
}));

export const scriptFileMissing = defineProblem('SCRIPT_FILE_MISSING', 'error', (scriptFile: string) => ({
  message: `scriptFile names ${JSON.stringify(scriptFile)}, which does not exist.`,
  hint: 'Remove scriptFile: a custom handler needs none.',
  azureMessage: "Invalid script file name configuration. The 'scriptFile' property is set to a file that does not exist.",
}));

export const switchedOffInVain = defineProblem('SWITCHED_OFF_IN_VAIN', 'warning', (key: string, name: string) => ({
  message: `"${key}" in function.json does nothing, here as on Azure: the function runs.`,
  hint: `Set AzureWebJobs.${name}.Disabled to "true" in local.settings.json or the environment.`,
}));

export const routeReserved = defineProblem('ROUTE_RESERVED', 'error', (route: string) => ({
  message: `The route "${route}" begins with a word that belongs to the host.`,
  hint: 'Give the function a "route" that begins with neither "admin" nor "runtime"; longer words such as "administrators" count too.',
  azureMessage: 'The specified route conflicts with one or more built in routes.',
}));

export const routeTaken = defineProblem('ROUTE_TAKEN', 'error', (route: string, owner: string) => ({
  message: `The route "${route}" is taken by function "${owner}", with at least one method in common.`,
  hint: 'Change the route or the methods of one of them.',
  azureMessage: `The route specified conflicts with the route defined by function '${owner}'.`,
}));

export const routeTemplateWrong = defineProblem(
  'ROUTE_TEMPLATE_WRONG',
  'error',
  (fault: { readonly message: string; readonly hint: string; readonly azureMessage: string }) => fault,
);

type PropertyPlace = { readonly binding: string; readonly property: string };

export const expressionInvalid = defineProblem(
  'EXPRESSION_INVALID',
  'error',
  ({ binding, property }: PropertyPlace, text: string, fault: { reason: string; hint: string; azure: string }) => ({
    message: `"${property}" of the binding "${binding}" is ${JSON.stringify(text)}, and ${fault.reason}.`,
    hint: fault.hint,
    azureMessage: fault.azure,
  }),
);

export const settingNameUnknown = defineProblem(
  'SETTING_NAME_UNKNOWN',
  'error',
  ({ binding, property }: PropertyPlace, name: string, nearest: string | undefined) => ({
    message: `"${property}" of the binding "${binding}" names the app setting "${name}", which does not exist.`,
    hint: nearest
      ? `Did you mean %${nearest}%?`
      : 'Set it in the environment or in local.settings.json. A "%" that is meant as such has to come from a setting.',
    azureMessage: `'%${name}%' does not resolve to a value.`,
  }),
);

export const settingUnresolved = defineProblem(
  'SETTING_UNRESOLVED',
  'error',
  ({ binding, property }: PropertyPlace, name: string, { why, hint }: Unresolved) => ({
    message: `"${property}" of the binding "${binding}" names the app setting "${name}", which is ${why}.`,
    hint,
  }),
);

export const percentUnpaired = defineProblem(
  'PERCENT_UNPAIRED',
  'error',
  ({ binding, property }: PropertyPlace, text: string, index: number) => ({
    message: `"${property}" of the binding "${binding}" is ${JSON.stringify(text)}, where the last "%" has no partner.`,
    hint: 'The name of an app setting stands between two: %NAME%. A "%" that is meant as such has to come from a setting.',
    azureMessage: `The '%' at position ${index} does not have a closing '%'`,
  }),
);
