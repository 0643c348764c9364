// The path of a blob trigger: `{dir}/{name}.{ext}` matches paths, and names what stands in the place of each expression.
import type { Problem } from '../problem.ts';
import { expressionInvalid } from '../problems/function-json.ts';
import type { Expression, ExpressionFault } from './expression.ts';
import type { PropertyPlace } from './template.ts';
import { readTokens, type Token } from './tokens.ts';

export type CapturePattern = {
  /** In order. */
  readonly names: readonly string[];
  /** What each name stands for, slashes included; of a name that is written twice, the last. Undefined: the path does not match. Counts case. */
  match(path: string): ReadonlyMap<string, string> | undefined;
};

export function parseCapturePattern(
  text: string,
  place: PropertyPlace,
): { readonly pattern: CapturePattern } | { readonly problem: Problem } {
  const tokens = readTokens(text);
  const fault = 'reason' in tokens ? tokens : faultOf(tokens);
  if (fault !== undefined) return { problem: expressionInvalid(place, text, fault) };
  const { names, literals } = partsOf(tokens as readonly Token[]);
  return { pattern: { names, match: (path) => match(path, names, literals) } };
}

/** One literal more than there are names: it stands before the first, between two and behind the last, empty perhaps. */
function partsOf(tokens: readonly Token[]): { names: string[]; literals: string[] } {
  const names: string[] = [];
  const literals = [''];
  for (const token of tokens) {
    if (typeof token === 'string') literals[literals.length - 1] = token;
    else {
      names.push(token.name);
      literals.push('');
    }
  }
  return { names, literals };
}

/**
 * Parity: an earlier name takes as much as it can, so each literal stands as far to the right as it can, and from there they are looked for.
 * A regular expression would say the same, but take ages over a path that was made for it.
 */
function match(path: string, names: readonly string[], literals: readonly string[]): ReadonlyMap<string, string> | undefined {
  const [first = '', ...rest] = literals;
  if (!path.startsWith(first)) return undefined;
  if (names.length === 0) return path === first ? new Map() : undefined;
  if (!path.endsWith(rest.at(-1) ?? '')) return undefined;
  const starts: number[] = [];
  let end = path.length;
  for (const literal of rest.toReversed()) {
    const latest = end - literal.length;
    end = latest < 0 ? -1 : path.lastIndexOf(literal, latest);
    if (end < first.length) return undefined;
    starts.unshift(end);
  }
  const valueStarts = [first.length, ...rest.map((literal, index) => (starts[index] ?? 0) + literal.length)];
  return new Map(names.map((name, index) => [name, path.slice(valueStarts[index], starts[index])]));
}

function faultOf(tokens: readonly Token[]): ExpressionFault | undefined {
  const expressions = tokens.filter((token) => typeof token !== 'string');
  const dotted = expressions.find(({ members }) => members.length > 0);
  if (dotted !== undefined) {
    return {
      reason: `{${dotted.written}} has a dot`,
      hint: 'A name that takes a part of the path is one word; others may then look into it.',
      azure: "Capture expressions can't include dot operators",
    };
  }
  const dashed = expressions.find(({ name }) => name.includes('-'));
  if (dashed === undefined) return undefined;
  return {
    reason: `{${dashed.written}} is a value of the host, which no path holds`,
    hint: 'Choose a name without "-" for this part of the path.',
    azure: groupNameFault(tokens, dashed),
  };
}

/** Azure's host makes a regular expression of the pattern, where a dash in the name of a group refers to another group. */
function groupNameFault(tokens: readonly Token[], { name }: Expression): string {
  const parts = tokens.map((token) => (typeof token === 'string' ? token.replace(/[\\*+?|{[()^$.# ]/g, '\\$&') : `(?<${token.name}>.*)`));
  const pattern = `^${parts.join('')}$`;
  const offset = pattern.indexOf(`<${name}>`) + name.length + 1;
  return `Invalid pattern '${pattern}' at offset ${offset}. Reference to undefined group name '${name.slice(name.indexOf('-') + 1)}'.`;
}
