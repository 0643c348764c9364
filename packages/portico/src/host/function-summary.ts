import type { FunctionApp, FunctionMetadata } from '../core/function-app.ts';
import type { Problem } from '../core/problem.ts';
import { urlTemplate } from '../http/routes/route-text.ts';
import type { FunctionSummary } from './create-host.ts';
import { declaredBinding } from './make-bindings.ts';

/** The functions of an app for people, broken ones included, those with an HTTP trigger first. */
export function summarise(app: FunctionApp, baseUrl: string): FunctionSummary[] {
  const loaded = app.functions.filter(({ allowed }) => allowed).map((fn) => summariseFunction(fn, app, baseUrl));
  const names = new Set(app.functions.map(({ name }) => name));
  const unread = app.problems.filter(
    ({ functionName, severity }) => severity === 'error' && functionName !== undefined && !names.has(functionName),
  );
  const broken = new Map(unread.map((problem): [string, FunctionSummary] => [problem.functionName ?? '', summariseUnread(problem)]));
  const all = [...loaded, ...broken.values()];
  return [...all.filter(({ url }) => url !== undefined), ...all.filter(({ url }) => url === undefined)];
}

function summariseFunction({ name, trigger, http, disabled }: FunctionMetadata, app: FunctionApp, baseUrl: string): FunctionSummary {
  return {
    name,
    type: trigger?.type ?? '',
    methods: http?.methods,
    authLevel: http?.authLevel,
    url: http && `${baseUrl}${urlTemplate(app.config?.http.routePrefix ?? 'api', http.route)}`,
    source: trigger && declaredBinding(trigger)?.type.describe?.(trigger),
    disabled,
    problem: app.problems.find(({ functionName, severity }) => severity === 'error' && functionName === name),
  };
}

function summariseUnread(problem: Problem): FunctionSummary {
  return {
    name: problem.functionName ?? '',
    type: '',
    methods: undefined,
    authLevel: undefined,
    url: undefined,
    source: undefined,
    disabled: false,
    problem,
  };
}
