import { type ConstraintCheck, parseConstraint } from './template-constraint.ts';
import { type Complaint, complaint } from './template-fault.ts';

export type ParameterPart = {
  readonly kind: 'parameter';
  readonly name: string;
  /** Takes the rest of the path, slashes included. */
  readonly catchAll: boolean;
  readonly optional: boolean;
  /** The value of a segment that the path leaves out. */
  readonly fallback: string | undefined;
  readonly constraints: readonly ConstraintCheck[];
};

/** Reads what stands between the braces: `*name:constraint(argument):constraint=default?`, doubled braces already made single. */
export function parseParameter(inside: string, route: string): ParameterPart | Complaint {
  const stars = /^\*{0,2}/.exec(inside)?.[0].length ?? 0;
  const optional = inside.endsWith('?');
  const body = inside.slice(stars, optional ? -1 : undefined);
  // A name may begin with the signs that otherwise end it.
  const name = /^.[^:=]*/s.exec(body)?.[0] ?? '';
  const { constraints: texts, fallback } = splitConstraints(body.slice(name.length));

  if (name === '') return complaint('has a parameter without a name', 'Give it a name: {name}.');
  if (/[/{}?*]/.test(name)) {
    return complaint(`has a parameter named "${name}"`, 'A name cannot contain / { } ? or *. A "?" goes last, a "*" first.');
  }
  if (stars > 0 && optional) {
    return complaint(`has a catch-all {${inside}} with a "?"`, 'Remove the "?": a catch-all may be empty as it is.');
  }
  if (optional && fallback !== undefined) {
    return complaint(`has a parameter {${inside}} with both a default and a "?"`, 'Remove one of them: a default makes it optional.');
  }
  const constraints: ConstraintCheck[] = [];
  for (const text of texts) {
    const constraint = parseConstraint(text, name, route);
    if (typeof constraint !== 'function') return constraint;
    constraints.push(constraint);
  }
  return { kind: 'parameter', name, catchAll: stars > 0, optional, fallback, constraints };
}

function splitConstraints(text: string): { constraints: string[]; fallback: string | undefined } {
  const constraints: string[] = [];
  let at = 0;
  while (text[at] === ':') {
    const start = at + 1;
    const stop = text.slice(start).search(/[:=(]/);
    at = stop === -1 ? text.length : start + stop;
    if (text[at] === '(') at = endOfArgument(text, at);
    if (at > start) constraints.push(text.slice(start, at));
  }
  return { constraints, fallback: at < text.length ? text.slice(at + 1) : undefined };
}

/**
 * Parity: .NET counts no parentheses. An argument ends at the first one that closes before ":", "=" or the end, except
 * that a ":" or "=" inside it is passed over together with everything up to the next closing one.
 */
function endOfArgument(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const next = text[at + 1];
    if (text[at] === ')' && (next === undefined || next === ':' || next === '=')) return at + 1;
    if (text[at] !== ':' && text[at] !== '=') continue;
    const close = text.indexOf(')', at + 1);
    if (close === -1) return at;
    at = close;
  }
  return text.length;
}
