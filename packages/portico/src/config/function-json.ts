// Reads one function: function.json as written, what of it could be understood, and what is wrong with it.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FunctionMetadata } from '../core/function-app.ts';
import type { BadValue, OptionIssue, Path } from '../core/options.ts';
import type { Problem } from '../core/problem.ts';
import { fileUnreadable, keyRepeated } from '../core/problems/any-file.ts';
import {
  bindingsMissing,
  functionJsonInvalid,
  functionNameInvalid,
  scriptFileMissing,
  switchedOffInVain,
} from '../core/problems/function-json.ts';
import { azureParserMessage } from './azure-parser-message.ts';
import { type BindingFacts, checkBinding, checkBindings, httpTriggerIn } from './bindings.ts';
import { createFindings, type Findings, nameOf } from './findings.ts';
import { BINDING_OPTIONS, FUNCTION_JSON, HTTP_TRIGGER_OPTIONS } from './function-options.ts';
import { parseJson, valueAt } from './json-document.ts';
import type { FileText } from './read-text.ts';
import { RETRY_OPTIONS, toRetryPolicy } from './retry-policy.ts';

/** A function that could be read, before it is compared with the others. */
export type FunctionDraft = Omit<FunctionMetadata, 'errors' | 'disabled' | 'allowed'> & {
  readonly findings: Findings;
  /** Where its route is written. */
  readonly routePath: Path;
};

export type FunctionFile = { readonly name: string; readonly directory: string; readonly file: FileText };

export type ReadFunction = {
  /** Parity: undefined, and so not listed, when its name, its JSON, its list of bindings or a direction cannot be read (function-errors.list). */
  readonly draft: FunctionDraft | undefined;
  /** Grows as the function is compared with the others. */
  readonly problems: readonly Problem[];
};

export type FunctionFacts = BindingFacts & {
  /** host.json names an extension bundle. */
  readonly hasBundle: boolean;
};

export function readFunction({ name, directory, file }: FunctionFile, facts: FunctionFacts): ReadFunction {
  const path = `${name}/function.json`;
  const unlisted = (problem: Problem) => ({ draft: undefined, problems: [{ file: path, ...problem, functionName: name }] });
  if (!/^[a-z][a-z0-9_-]{0,127}$/i.test(name) || name.toLowerCase() === 'host')
    return unlisted({ ...functionNameInvalid(name), file: name });
  if (file.text === undefined) return unlisted(fileUnreadable(file.reason));
  const parsed = parseJson(file.text, path);
  if (!parsed.document)
    return unlisted({ ...functionJsonInvalid(parsed.fault.reason, azureParserMessage(parsed.fault)), ...parsed.fault.place });
  const { document } = parsed;
  const definition = document.value;

  const findings = createFindings({ document, table: FUNCTION_JSON.table, functionAt: () => name, onAzure });
  for (const repeated of parsed.repeated) findings.add(keyRepeated(nameOf(repeated)), repeated, 'name');
  let isListed = true;
  const options = FUNCTION_JSON.read(definition, [], (issue) => {
    if (hidesFunction(issue)) isListed = false;
    findings.report(issue);
  });
  const written = valueAt(definition, ['bindings']);
  if (isListed && !options.bindings?.length) findings.add(bindingsMissing(), ['bindings']);
  if (!isListed || !options.bindings?.length || !Array.isArray(written)) return { draft: undefined, problems: findings.problems };
  const bindings = options.bindings.map((binding, index) => checkBinding(binding, written[index], ['bindings', index], findings, facts));

  if (options.scriptFile && !existsSync(resolve(directory, options.scriptFile)))
    findings.add(scriptFileMissing(options.scriptFile), ['scriptFile']);
  for (const key of ['disabled', 'excluded'] as const) if (options[key]) findings.add(switchedOffInVain(key, name), [key]);
  const retry = toRetryPolicy(options.retry, valueAt(definition, ['retry']), (problem) => findings.add(problem, ['retry']));
  const trigger = checkBindings(bindings, facts.hasBundle, findings);
  const draft = {
    name,
    directory,
    definition,
    bindings: bindings.map(({ metadata }) => metadata),
    trigger,
    http: httpTriggerIn(bindings, name),
    retry,
    findings,
    routePath: [...(bindings.find(({ http }) => http !== undefined)?.path ?? []), 'route'],
  };
  return { draft, problems: findings.problems };
}

/** The list of bindings, one of them or its direction cannot be read. */
function hidesFunction(issue: OptionIssue): boolean {
  const [first] = issue.path;
  if (issue.kind !== 'bad-value' || String(first).toLowerCase() !== 'bindings') return false;
  return issue.path.length <= 2 || issue.option === BINDING_OPTIONS.direction;
}

function onAzure({ option, found }: BadValue): { azureMessage?: string } {
  if (typeof found === 'object') return {};
  switch (option) {
    case BINDING_OPTIONS.direction:
      return { azureMessage: `'${found}' is not a valid binding direction.` };
    case HTTP_TRIGGER_OPTIONS.authLevel:
      return {
        azureMessage:
          "Error parsing function.json: Invalid value specified for binding property 'authLevel' of enum type AuthorizationLevel.",
      };
    case RETRY_OPTIONS.maxRetryCount:
      return { azureMessage: "Specified argument was out of the range of valid values. (Parameter 'maxRetryCount')." };
    default:
      return {};
  }
}
