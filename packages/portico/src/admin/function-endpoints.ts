// /admin/functions/*: what functions there are.
import type { FunctionApp, FunctionMetadata } from '../core/function-app.ts';
import { answerJson } from './answer-json.ts';
import { type AdminRequest, baseUrlOf } from './endpoint.ts';
import { describeFunction } from './function-description.ts';

type ListedFunction = FunctionMetadata & { readonly directory: string };

/** Those with a folder: one that is made from a route of host.json is not listed on Azure. */
const listed = ({ functions }: FunctionApp): readonly ListedFunction[] =>
  functions.filter((fn): fn is ListedFunction => fn.directory !== undefined);

/** Names ignore case. */
export function findListed(app: FunctionApp, name: string): ListedFunction | undefined {
  return listed(app).find((fn) => fn.name.toLowerCase() === name.toLowerCase());
}

export function answerFunctions({ call, host, target }: AdminRequest): void {
  const { app, temporaryFolder } = host;
  const siteName = app.settings.WEBSITE_HOSTNAME;
  const baseUrl = siteName === undefined ? baseUrlOf({ call, target }) : `https://${siteName}`;
  answerJson(
    call,
    listed(app).map((fn) => describeFunction(fn, app, baseUrl, temporaryFolder)),
  );
}

export function answerFunction({ call, host, target, parts: [name = ''] }: AdminRequest): void {
  const fn = findListed(host.app, name);
  if (fn === undefined) return call.answer(404, 'refused');
  answerJson(call, describeFunction(fn, host.app, baseUrlOf({ call, target }), host.temporaryFolder));
}

export function answerFunctionStatus({ call, host, parts: [name = ''] }: AdminRequest): void {
  const fn = findListed(host.app, name);
  const errors = host.app.problems.filter(
    ({ functionName, severity }) => severity === 'error' && functionName?.toLowerCase() === name.toLowerCase(),
  );
  // A function that host.json leaves out is not loaded, so there is nothing to say of it.
  if ((fn === undefined && errors.length === 0) || fn?.allowed === false) return call.answer(404, 'refused');
  const messages = host.state === 'Error' && fn !== undefined ? [] : errors.map(({ azureMessage, message }) => azureMessage ?? message);
  answerJson(call, messages.length === 0 ? {} : { errors: messages });
}
