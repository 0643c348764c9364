// The inline constraints of a route parameter, `{id:int:min(1)}`. Each becomes a check of the decoded value.
// https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
import { nearestName } from '../../core/nearest-name.ts';
import { isDateTime } from './date-format.ts';
import { type Complaint, complaint } from './template-fault.ts';
import { INT32, INT64, isBool, isDecimal, isFileName, isFloat, isGuid, isInteger, parseInteger } from './value-formats.ts';

/** Whether a value is let through. `null`: the path gives none. */
export type ConstraintCheck = (value: string | null) => boolean;

/** Makes the check from what stands between the parentheses, or says what belongs there. */
type Constraint = (argument: string | undefined) => ConstraintCheck | string;

const LENGTHS = { least: 0n, most: INT32.most };

const CONSTRAINTS: ReadonlyMap<string, Constraint> = new Map([
  ['alpha', plain((value) => /^[a-z]*$/i.test(value))],
  ['bool', plain(isBool)],
  ['datetime', plain(isDateTime)],
  ['decimal', plain(isDecimal)],
  ['double', plain(isFloat)],
  ['file', plain(isFileName)],
  ['float', plain(isFloat)],
  ['guid', plain(isGuid)],
  ['int', plain((value) => isInteger(value, INT32))],
  ['length', bounded('one length or two', [1, 2], LENGTHS, (least, most = least) => hasLength(least, most))],
  ['long', plain((value) => isInteger(value, INT64))],
  ['max', bounded('one whole number', [1], INT64, (most) => (value) => isInteger(value, { ...INT64, most }))],
  ['maxlength', bounded('one length', [1], LENGTHS, (most) => hasLength(0n, most))],
  ['min', bounded('one whole number', [1], INT64, (least) => (value) => isInteger(value, { ...INT64, least }))],
  ['minlength', bounded('one length', [1], LENGTHS, (least) => hasLength(least, INT32.most))],
  // Parity: the only one that an absent value passes.
  ['nonfile', withoutArgument((value) => value === null || !isFileName(value))],
  ['range', bounded('two whole numbers', [2], INT64, (least, most) => (value) => isInteger(value, { least, most }))],
  ['regex', matching],
  ['required', plain((value) => value !== '')],
]);

export function parseConstraint(text: string, parameter: string, route: string): ConstraintCheck | Complaint {
  const [, name = text, argument] = /^([^(]*)\((.*)\)$/s.exec(text) ?? [];
  const constraint = CONSTRAINTS.get(name.toLowerCase());
  if (constraint === undefined) return unknownConstraint(text, name, parameter, route);
  const check = constraint(argument);
  if (typeof check !== 'string') return check;
  return complaint(`has the constraint "${text}" on {${parameter}}, but ${name} ${check}`, 'Correct what stands between the parentheses.');
}

function unknownConstraint(text: string, name: string, parameter: string, route: string): Complaint {
  const known = [...CONSTRAINTS.keys()];
  const nearest = nearestName(name, known);
  return complaint(
    `has a constraint that does not exist, "${text}", on {${parameter}}`,
    `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}There are ${known.join(', ')}.`,
    `The constraint entry '${parameter}' - '${text}' on the route '${route}' could not be resolved by the constraint resolver of type 'DefaultInlineConstraintResolver'.`,
  );
}

function plain(check: (value: string) => boolean): Constraint {
  return withoutArgument(given(check));
}

function withoutArgument(check: ConstraintCheck): Constraint {
  return (argument) => (argument === undefined ? check : 'takes no parentheses');
}

function given(check: (value: string) => boolean): ConstraintCheck {
  return (value) => value !== null && check(value);
}

function bounded(
  takes: string,
  counts: readonly number[],
  { least, most }: typeof INT32,
  make: (...bounds: bigint[]) => (value: string) => boolean,
): Constraint {
  return (argument) => {
    const texts = argument?.split(',') ?? [];
    const bounds = texts.map(parseInteger).filter((bound) => bound !== undefined && bound >= least && bound <= most) as bigint[];
    if (!counts.includes(texts.length) || bounds.length < texts.length) return `takes ${takes} from ${least} to ${most}`;
    const [first, second] = bounds;
    if (first !== undefined && second !== undefined && first > second) return 'has its upper bound before its lower one';
    return given(make(...bounds));
  };
}

function hasLength(least: bigint, most: bigint): (value: string) => boolean {
  return ({ length }) => length >= least && length <= most;
}

function matching(pattern: string | undefined): ConstraintCheck | string {
  if (pattern === undefined) return 'takes a regular expression';
  try {
    const expression = translateExpression(pattern);
    return given((value) => expression.test(value));
  } catch (error) {
    return `holds no regular expression that Portico can read: ${(error as SyntaxError).message}`;
  }
}

/** Writes a .NET regular expression as one of JavaScript. Whatever has no counterpart throws. */
function translateExpression(pattern: string): RegExp {
  const anchors: Readonly<Record<string, string>> = { '\\A': '^', '\\z': '$', '\\Z': '$' };
  const translated = pattern.replace(/^\(\?i\)/, '').replaceAll(/\\./gs, (sequence) => anchors[sequence] ?? sequence);
  return new RegExp(translated, /\\p\{/i.test(translated) ? 'iu' : 'i');
}
