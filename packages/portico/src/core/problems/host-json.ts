// Problems of host.json. Those of severity error leave the app without a configuration; for the rest a default stands in.
import { defineProblem } from '../problem.ts';

const HANDLER_SAMPLE = '"customHandler": { "description": { "defaultExecutablePath": "node", "arguments": ["server.js"] } }';
/** Azure names the part of itself that complains; its `errors` have it, and so have ours. */
const SCRIPT = 'Microsoft.Azure.WebJobs.Script: ';

export const hostJsonMissing = defineProblem('HOST_JSON_MISSING', 'error', (root: string) => ({
  message: `There is no host.json in ${root}.`,
  hint: `Create one: { "version": "2.0", ${HANDLER_SAMPLE} }`,
}));

export const hostJsonInvalid = defineProblem(
  'HOST_JSON_INVALID',
  'error',
  (reason: string, path: string, parserMessage: string | undefined) => ({
    message: `Unable to parse host configuration file: ${reason}.`,
    hint: 'The app runs as soon as the file is mended.',
    azureMessage: `${SCRIPT}Unable to parse host configuration file '${path}'.${parserMessage ? ` Newtonsoft.Json: ${parserMessage}` : ''}`,
  }),
);

export const hostVersionMissing = defineProblem('HOST_VERSION_MISSING', 'error', () => ({
  message: "host.json is missing the required 'version' property.",
  hint: 'Add "version": "2.0".',
  azureMessage: `${SCRIPT}The host.json file is missing the required 'version' property. See https://aka.ms/functions-hostjson for steps to migrate the configuration file.`,
}));

export const hostVersionWrong = defineProblem('HOST_VERSION_WRONG', 'error', (found: string) => ({
  message: `'${found}' is an invalid value for host.json 'version' property.`,
  hint: 'Write "version": "2.0", as text. It is the version of the file\'s format, not of the runtime.',
  azureMessage: [
    `${SCRIPT}'${found}' is an invalid value for host.json 'version' property. We recommend you set the 'version' property to '2.0'.`,
    // Parity: Azure says this only where the number looks like one of its runtimes (host-json.bad-version, .number-version).
    ...(/^[34]/.test(found)
      ? ['This does not correspond to the function runtime version, only to the schema version of the host.json file.']
      : []),
    'See https://aka.ms/functions-hostjson for more information on this configuration file.',
  ].join(' '),
}));

export const handlerMissing = defineProblem('HANDLER_MISSING', 'error', (workerRuntime: string) =>
  workerRuntime.toLowerCase() === 'custom'
    ? {
        message: 'host.json names no program to start (WorkerConfig for runtime: custom not found).',
        hint: `Add ${HANDLER_SAMPLE}.`,
        azureMessage: `${SCRIPT}WorkerConfig for runtime: custom not found.`,
      }
    : {
        message: `This is an app for the runtime "${workerRuntime}" (FUNCTIONS_WORKER_RUNTIME), and host.json has no customHandler.`,
        hint: `Portico runs custom handlers: a web server of your own. Add ${HANDLER_SAMPLE} and set FUNCTIONS_WORKER_RUNTIME to "custom".`,
      },
);

export const handlerDescriptionMissing = defineProblem('HANDLER_DESCRIPTION_MISSING', 'error', (section: string) => ({
  message: `${section} has no description, so there is no program to start (Missing worker Description).`,
  hint: `Write ${HANDLER_SAMPLE}.`,
  azureMessage: `${SCRIPT}Missing worker Description.`,
}));

export const handlerExecutableMissing = defineProblem('HANDLER_EXECUTABLE_MISSING', 'error', (section: string) => ({
  message: `${section}.description names no program: defaultExecutablePath cannot be empty.`,
  hint: 'Name the program, for example "defaultExecutablePath": "node" or "./handler".',
  azureMessage: `${SCRIPT}WorkerDescription DefaultExecutablePath cannot be empty.`,
}));

export const handlerSectionsBoth = defineProblem('HANDLER_SECTIONS_BOTH', 'warning', () => ({
  message: 'Both httpWorker and customHandler sections are specified in host.json file. customHandler takes precedence.',
  hint: 'Remove httpWorker.',
  // The misspelling is Azure's.
  azureMessage: 'Both httpWorker and customHandler sections are spefified in host.json file. customHandler takes precedence.',
}));

export const httpWorkerDeprecated = defineProblem('HTTP_WORKER_DEPRECATED', 'warning', () => ({
  message: 'Section httpWorker will be deprecated. Please use customHandler section.',
  hint: 'HTTP functions are called at /FunctionName as long as it is httpWorker; a customHandler has enableForwardingHttpRequest, with the path of the caller.',
  azureMessage: 'Section httpWorker will be deprecated. Please use customHandler section.',
}));

export const handlerTypeNone = defineProblem('HANDLER_TYPE_NONE', 'warning', () => ({
  message: 'customHandler.type "none" counts as "http".',
  hint: 'Remove it.',
}));

export const profileUnknown = defineProblem(
  'PROFILE_UNKNOWN',
  'error',
  (found: string, profiles: readonly string[], nearest: string | undefined) => ({
    message: `Configuration profile '${found}' is not supported.`,
    hint: `${nearest ? `Did you mean "${nearest}"? ` : ''}Supported values: ${profiles.map((name) => `'${name}'`).join(', ')}.`,
    azureMessage: `${SCRIPT}Configuration profile '${found}' is not supported. Supported values: ${profiles.map((name) => `'${name}'`).join(', ')}.`,
  }),
);

export const routesAndFunctions = defineProblem('ROUTES_AND_FUNCTIONS', 'error', (folders: readonly string[]) => ({
  message: `customHandler.http.routes and function.json files exclude each other, and there are both (${folders.slice(0, 3).join(', ')}${folders.length > 3 ? ', …' : ''}).`,
  hint: 'Remove the routes or the function.json files.',
  azureMessage: `${SCRIPT}Detected both function.json files and custom handler HTTP route configuration definition in host.jsonOnly one configuration source is supported. Remove either the function.json files or the HTTP routes entries in host.json.`,
}));

export const routesNeedCustomRuntime = defineProblem('ROUTES_NEED_CUSTOM_RUNTIME', 'error', (workerRuntime: string) => ({
  message: `customHandler.http.routes needs the worker runtime "custom", but FUNCTIONS_WORKER_RUNTIME is "${workerRuntime}".`,
  hint: 'Set FUNCTIONS_WORKER_RUNTIME to "custom".',
  azureMessage: `${SCRIPT}Routes configuration is only allowed for worker runtime: custom.`,
}));

export const extensionBundleIncomplete = defineProblem('EXTENSION_BUNDLE_INCOMPLETE', 'warning', (missing: 'id' | 'version') => ({
  message: `The value of ${missing} property in extensionBundle section of host.json file is invalid or missing.`,
  hint: 'Portico needs no bundle. On Azure the whole host fails to start: write "id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)".',
  azureMessage: `${SCRIPT}The value of ${missing} property in extensionBundle section of host.json file is invalid or missing. See https://aka.ms/functions-hostjson for more information.`,
}));

export const routePrefixSlashes = defineProblem('ROUTE_PREFIX_SLASHES', 'warning', (found: string, used: string) => ({
  message: `extensions.http.routePrefix is "${found}"; it counts as "${used}".`,
  hint: 'Remove the outer slashes. On Azure the whole host fails to start.',
  azureMessage:
    "The route template separator character '/' cannot appear consecutively. It must be separated by either a parameter or a literal value.",
}));

export const allowedFunctionMissing = defineProblem('ALLOWED_FUNCTION_MISSING', 'warning', (name: string, nearest: string | undefined) => ({
  message: `"functions" lists "${name}", but there is no such function.`,
  hint: nearest ? `Did you mean "${nearest}"?` : 'Only the listed functions run; take the name out if it is gone.',
}));

export const routeBlank = defineProblem('ROUTE_BLANK', 'error', () => ({
  message: 'A route of customHandler.http.routes is empty.',
  hint: 'Write the path after the prefix, for example "route": "orders/{id}", or "{*path}" for all.',
  azureMessage: 'Route cannot be null, empty or whitespace.',
}));

export const routeLevelUnknown = defineProblem('ROUTE_LEVEL_UNKNOWN', 'error', () => ({
  message: 'The route states no authorizationLevel, and defaultAuthorizationLevel cannot be read.',
  hint: 'Mend defaultAuthorizationLevel: to guess it could let the wrong callers in.',
}));
