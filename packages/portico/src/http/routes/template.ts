// Reads route templates, `orders/{id:int}/{*rest}`. Start here for what a template means; route-values.ts applies one to
// a path, route-table.ts chooses among thousands. Nothing here knows functions or requests.
// https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
import { foldCase } from './fold-case.ts';
import { type Complaint, complaint, type RouteTemplateFault, templateFault } from './template-fault.ts';
import { type ParameterPart, parseParameter } from './template-parameter.ts';

export type RouteTemplate = {
  readonly kind: 'template';
  readonly text: string;
  readonly segments: readonly TemplateSegment[];
  readonly parameters: readonly ParameterPart[];
};

/** What stands between two slashes: literals and parameters in turn, most often a single part. */
export type TemplateSegment = readonly TemplatePart[];
export type TemplatePart = LiteralPart | ParameterPart;
/** `folded`: the text as foldCase writes it. */
export type LiteralPart = { readonly kind: 'literal'; readonly folded: string };

const TOKEN = /(?:[^{}/]|\{\{|\}\})+|\{(?<inside>(?:[^{}]|\{\{|\}\})*)\}(?!\})|\//gy;

/**
 * Parses a whole template, route prefix included.
 * Azure names a route after its function and says so in its messages; `functionName` serves `azureMessage` alone.
 */
export function parseRouteTemplate(text: string, functionName = ''): RouteTemplate | RouteTemplateFault {
  const fault = (index: number, problem: Complaint): RouteTemplateFault => templateFault(text, functionName, index, problem);
  const start = /^~?\//.exec(text)?.[0].length ?? 0;
  if (start === 0 && text.startsWith('~')) return fault(0, complaint('begins with "~"', 'Remove it, or follow it with a slash.'));

  const segments: TemplatePart[][] = [];
  const parameters: ParameterPart[] = [];
  let parts: TemplatePart[] = [];
  let end = start;
  for (const { 0: token, groups } of text.slice(start).matchAll(TOKEN)) {
    const index = end;
    end += token.length;
    if (token === '/') {
      if (parts.length === 0) return fault(index, EMPTY_SEGMENT);
      parts = [];
      continue;
    }
    const inside = groups?.inside;
    const part = inside === undefined ? parseLiteral(token) : parseParameter(singleBraces(inside), text);
    if (part.kind === 'complaint') return fault(index, part);
    const misplaced = findMisplacement(part, parts, parameters);
    if (misplaced) return fault(index, misplaced);

    if (parts.length === 0) segments.push(parts);
    parts.push(part);
    if (part.kind === 'parameter') parameters.push(part);
  }
  return end < text.length ? fault(end, looseBrace(text.slice(end))) : { kind: 'template', text, segments, parameters };
}

const EMPTY_SEGMENT = complaint(
  'has two slashes with nothing between them',
  'Remove one. A route below a prefix does not begin with a slash.',
  "The route template separator character '/' cannot appear consecutively. It must be separated by either a parameter or a literal value.",
);

function parseLiteral(token: string): LiteralPart | Complaint {
  if (!token.includes('?')) return { kind: 'literal', folded: foldCase(singleBraces(token)) };
  return complaint('has a "?" outside a parameter', 'A query is no part of a route; an optional parameter is written {name?}.');
}

function singleBraces(text: string): string {
  return text.replaceAll('}}', '}').replaceAll('{{', '{');
}

/** What forbids a part to follow those before it in its segment, and the parameters of the whole template so far. */
function findMisplacement(part: TemplatePart, before: TemplateSegment, parameters: readonly ParameterPart[]): Complaint | undefined {
  const neighbour = before.at(-1);
  if (parameters.at(-1)?.catchAll) return complaint('goes on after a catch-all', 'Move the catch-all to the end.');
  if (neighbour?.kind === 'parameter' && neighbour.optional) {
    return complaint(
      `goes on after the optional {${neighbour.name}?} in the same segment`,
      'Move the optional parameter to the end of the segment.',
    );
  }
  if (part.kind === 'literal') return undefined;
  if (parameters.some(({ name }) => foldCase(name) === foldCase(part.name))) {
    return complaint(`has a second parameter named "${part.name}"`, 'Give each parameter a name of its own; case makes no difference.');
  }
  if (neighbour === undefined) return undefined;
  if (part.catchAll) {
    return complaint(`has the catch-all {*${part.name}} in a segment with other text`, 'Put a slash before the catch-all.');
  }
  if (neighbour.kind === 'parameter') {
    return complaint(`has {${neighbour.name}}{${part.name}} with nothing between them`, 'Put a slash or other text between them.');
  }
  if (part.optional && neighbour.folded !== '.') {
    return complaint(
      `has "${neighbour.folded}" before the optional {${part.name}?}`,
      'Only a slash or a single dot can stand before an optional parameter.',
    );
  }
  return undefined;
}

function looseBrace(rest: string): Complaint {
  const what = rest.startsWith('}') ? 'has a "}" without its "{"' : 'has a "{" without its "}"';
  const hint = 'Give every brace its partner. Braces that are meant as such are doubled, also in regex(...): {{ and }}.';
  // Azure has other words for a single brace inside a parameter.
  if (/^\{(?:[^{}]|\{\{|\}\})*\{[^{]/.test(rest)) return complaint(what, hint);
  return complaint(what, hint, INCOMPLETE_PARAMETER);
}

const INCOMPLETE_PARAMETER =
  "There is an incomplete parameter in the route template. Check that each '{' character has a matching '}' character.";
