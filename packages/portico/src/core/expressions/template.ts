// Binding expressions: what stands between braces in a property of a binding, such as `orders/{id}-{DateTime:yyyy}.txt`.
// https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns
//
//   at load    resolveSettings(text, place, settings)   puts in every %SETTING%, first of all; settingLookup makes `settings`
//              parseTemplate(text, place)               once for each property that may hold expressions
//              parseCapturePattern(text, place)         for the path of a blob trigger, which takes names from a path instead
//   per event  template.bind(data, context)             as often as needed, and before the handler is called: all data is there by then
//
// `data` comes from triggerBindingData in ../binding-data.ts, for HTTP from httpBindingData in worker/payload/.
import type { BindingData } from '../binding-data.ts';
import type { HostError } from '../error.ts';
import { expressionFormatInvalid, expressionWithoutValue } from '../errors/invocation.ts';
import { nearestName } from '../nearest-name.ts';
import type { Problem } from '../problem.ts';
import { expressionInvalid } from '../problems/function-json.ts';
import type { Remark } from '../remark.ts';
import { expressionLeavesNothing } from '../remarks/invocation.ts';
import { type Expression, type ExpressionContext, evaluate } from './expression.ts';
import { readTokens, type Token } from './tokens.ts';

export type { ExpressionContext } from './expression.ts';

/** Where a text with expressions stands, for messages. */
export type PropertyPlace = { readonly binding: string; readonly property: string };

export type BoundText = { readonly text: string; readonly remarks: readonly Remark[] } | { readonly error: HostError };

export type Template = {
  /** As it was written, after settings. */
  readonly text: string;
  /** The first name of each expression, in order. Empty: `bind` always gives the same. */
  readonly names: readonly string[];
  /** A name without a value is an error that lists the names there are. Never throws. */
  bind(data: BindingData, context: ExpressionContext): BoundText;
};

/** The problem says where: add its place in the file. */
export function parseTemplate(text: string, place: PropertyPlace): { readonly template: Template } | { readonly problem: Problem } {
  const tokens = readTokens(text);
  if ('reason' in tokens) return { problem: expressionInvalid(place, text, tokens) };
  const names = tokens.flatMap((token) => (typeof token === 'string' ? [] : [token.name]));
  return { template: { text, names, bind: (data, context) => bind(tokens, place, data, context) } };
}

function bind(tokens: readonly Token[], place: PropertyPlace, data: BindingData, context: ExpressionContext): BoundText {
  let text = '';
  const remarks: Remark[] = [];
  for (const token of tokens) {
    if (typeof token === 'string') {
      text += token;
      continue;
    }
    const result = evaluate(token, data, context);
    if ('missing' in result) return { error: withoutValue(token, place, result.missing) };
    if ('badFormat' in result) return { error: expressionFormatInvalid({ ...place, expression: token.written, format: result.badFormat }) };
    text += result.text;
    if (result.lost !== undefined) remarks.push(expressionLeavesNothing({ ...place, expression: token.written, kind: result.lost }));
  }
  return { text, remarks };
}

type Missing = { readonly name: string; readonly within: string | undefined; readonly known: readonly string[] };

function withoutValue({ written }: Expression, place: PropertyPlace, { name, within, known }: Missing): HostError {
  return expressionWithoutValue({ ...place, expression: written, name, within, known, nearest: nearestName(name, known) });
}
