// The option tables of function.json. https://learn.microsoft.com/azure/azure-functions/functions-triggers-bindings
import { EXTENSIONS } from '../bindings/index.ts';
import { choice, json, text } from '../core/option-values.ts';
import { list, type Option, type OptionsOf, type OptionTable, type Section, section } from '../core/options.ts';
import { AUTH_LEVELS } from './host-options.ts';
import { valueAt } from './json-document.ts';
import { RETRY_OPTIONS } from './retry-policy.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions';
const SOURCE = `${DOCS}/functions-triggers-bindings`;
const HTTP_DOCS = `${DOCS}/functions-bindings-http-webhook-trigger#configuration`;

/** Those that a route of host.json answers. In function.json any other word is a method too. */
export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'];

export const BINDING_OPTIONS = {
  type: text({ doc: 'What is bound: a trigger, whose type ends in "Trigger", an input or an output.', source: SOURCE }),
  direction: choice(['in', 'out', 'inout'], {
    default: 'in',
    doc: 'Whether it is read before the function runs, written after it, or both.',
    source: SOURCE,
  }),
  name: text({ doc: 'Its name in the payload: letters and digits. "$return" is what the function returns.', source: SOURCE }),
  dataType: choice(['string', 'binary', 'stream'], {
    doc: 'How its data reaches the handler. "binary": base64, unchanged.',
    source: SOURCE,
  }),
  cardinality: choice(['one', 'many'], { doc: 'Whether a run is for one event or for a batch.', source: SOURCE }),
};

export const HTTP_OPTIONS = {
  authLevel: choice(AUTH_LEVELS, { default: 'function', doc: 'Which key a caller needs.', source: HTTP_DOCS }),
  methods: list(text({ doc: 'An HTTP method.', expected: 'an HTTP method', accepts: (method) => /^[!#$%&'*+.^_`|~\w-]+$/.test(method) }), {
    doc: 'The methods that are answered. Absent: all. Empty: none.',
    source: HTTP_DOCS,
  }),
  route: text({ doc: 'The path after the route prefix, such as "orders/{id:int?}". Absent: the name of the function.', source: HTTP_DOCS }),
};

export const HTTP_TRIGGER_OPTIONS = { ...BINDING_OPTIONS, ...HTTP_OPTIONS };

const BINDING = section(BINDING_OPTIONS, { open: true, doc: 'One binding; the other properties depend on its type.', source: SOURCE });

/** What a binding of each type may have beside the options of every binding. */
export const OPTIONS_BY_TYPE: readonly (readonly [type: string, table: OptionTable])[] = [
  ['httpTrigger', HTTP_OPTIONS],
  ...EXTENSIONS.flatMap(({ types }) => Object.entries(types).map(([type, { options }]) => [type, options] as const)),
];

const SECTIONS: ReadonlyMap<string, readonly [type: string, section: Section]> = new Map(
  OPTIONS_BY_TYPE.map(([type, table]) => {
    return [type.toLowerCase(), [type, section({ ...BINDING_OPTIONS, ...table }, { open: true, doc: `A ${type}.`, source: SOURCE })]];
  }),
);

/** Read by the table of its type. */
const ANY_BINDING: Option<OptionsOf<typeof BINDING_OPTIONS> | OptionsOf<typeof HTTP_TRIGGER_OPTIONS>> = {
  ...BINDING,
  schema() {
    const allOf = Array.from(SECTIONS.values(), ([type, options]) => {
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema.
      return { if: { properties: { type: { const: type } } }, then: options.schema() };
    });
    return { ...BINDING.schema(), required: ['type', 'name'], allOf };
  },
  read(written, path, report) {
    const type = valueAt(written, ['type']);
    const [, options = BINDING] = (typeof type === 'string' && SECTIONS.get(type.toLowerCase())) || [];
    return options.read(written, path, report) as OptionsOf<typeof BINDING_OPTIONS>;
  },
};

const FUNCTION_OPTIONS = {
  bindings: list(ANY_BINDING, {
    doc: 'The trigger, the inputs and the outputs of the function; exactly one is a trigger.',
    source: SOURCE,
  }),
  retry: section(RETRY_OPTIONS, {
    doc: 'What happens when a run fails. Absent: the policy of host.json.',
    source: `${DOCS}/functions-bindings-error-handling-retries`,
  }),
  scriptFile: text({ doc: 'For other runtimes. It must exist if it is named.' }),
  entryPoint: text({ doc: 'For other runtimes. Nothing for a custom handler.' }),
  configurationSource: choice(['attributes', 'config'], { doc: 'For .NET functions. Nothing for a custom handler.' }),
  disabled: json({
    doc: 'Nothing, here as on Azure: set AzureWebJobs.NAME.Disabled to "true" instead.',
    source: `${DOCS}/disable-function`,
  }),
  excluded: json({ doc: 'Nothing, here as on Azure.' }),
  generatedBy: text({ doc: 'A mark that build tools leave.' }),
  language: text({ doc: 'A mark that build tools leave.' }),
  functionDirectory: text({ doc: 'For Python. Nothing for a custom handler.' }),
};

export const FUNCTION_JSON = section(FUNCTION_OPTIONS, {
  doc: 'One function: what starts it, what it reads and what it writes.',
  source: SOURCE,
});
