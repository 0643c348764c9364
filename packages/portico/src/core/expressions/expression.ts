// One expression: what stands between two braces. template.ts puts texts around it.
import { type BindingData, SYSTEM } from '../binding-data.ts';
import { type BindingValue, dateTime, guid, memberOf, membersOf } from '../binding-value.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { formatDate } from './date-format.ts';
import { formatGuid } from './guid-format.ts';
import { valueText } from './value-text.ts';

export type Expression = {
  /** As written, without the braces. */
  readonly written: string;
  /** What is looked up in the binding data. */
  readonly name: string;
  /** What is looked up in that, one after the other. */
  readonly members: readonly string[];
  /** Empty: none. */
  readonly format: string;
  /** What the name stands for when the binding data has none of it. */
  readonly builtIn: BuiltIn | undefined;
};

type BuiltIn = 'rand-guid' | 'datetime';

/** Why an expression is none. `reason` completes "… is …, and"; `azure`: what Azure's host says. */
export type ExpressionFault = { readonly reason: string; readonly hint: string; readonly azure: string };

/** What the host itself adds to the binding data. The time and the GUID are read anew each time they are named. */
export type ExpressionContext = {
  readonly functionName: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'uuid'>;
};

/** Made when it is needed: each start of a host would pay for its tables of Unicode. */
const identifier = (): RegExp => /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Nd}\p{Pc}\p{Mn}\p{Mc}\p{Cf}.-]*$/u;
const BUILT_INS: readonly BuiltIn[] = ['rand-guid', 'datetime'];
const FORMATS = 'https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings';

/** `written`: not empty. */
export function parseExpression(written: string): Expression | ExpressionFault {
  // The format goes first, so it may hold dots. Azure's host loses what follows the first dot of {DateTime:yyyy.MM.dd}, and only there.
  const colon = written.indexOf(':');
  const path = colon > 0 ? written.slice(0, colon) : written;
  const format = colon > 0 ? written.slice(colon + 1) : '';
  if (!identifier().test(path)) {
    return {
      reason: `{${written}} is no expression`,
      hint: 'An expression is a name, perhaps with members and a format: {name}, {query.id}, {DateTime:yyyy-MM}. A brace that is meant as such is written twice.',
      azure: `Invalid template expression '${path}`,
    };
  }
  const [name = '', ...members] = path.split('.');
  // Parity: whatever begins like a built-in name is one, if the binding data knows nothing of that name.
  const builtIn = BUILT_INS.find((known) => name.toLowerCase().startsWith(known));
  if (builtIn === undefined && name.includes('-')) {
    return {
      reason: `the name of {${written}} has a "-"`,
      hint: `Only members may have one: a header is {headers.${name}}, a query parameter {query.${name}}.`,
      azure: `The parameter name '${name}' is invalid.`,
    };
  }
  if (members.includes('')) {
    return { reason: `{${written}} has a dot that no name follows`, hint: 'Remove the dot.', azure: 'Illegal expression: System.String[]' };
  }
  const expression = { written, name, members, format, builtIn };
  return isBuiltInOnly(expression) && !isFormatOf(builtIn, format)
    ? { reason: `"${format}" in {${written}} is no format`, hint: `See ${FORMATS}.`, azure: 'Input string was not in a correct format.' }
    : expression;
}

/** Parity: with a format, `{DateTime:yyyy}` is the time now, even if there is binding data called DateTime. */
function isBuiltInOnly({ name, members, format, builtIn }: Expression): boolean {
  return format !== '' && members.length === 0 && name.toLowerCase() === builtIn;
}

function isFormatOf(builtIn: BuiltIn | undefined, format: string): boolean {
  return (builtIn === 'datetime' ? formatDate(new Date(0), format) : formatGuid('', format)) !== undefined;
}

export type Evaluation =
  | { readonly text: string /** What the value is, when it left nothing behind. */; readonly lost?: string }
  /** The binding data, or the value that `within` names, has no `name`, but `known`. */
  | { readonly missing: { readonly name: string; readonly within: string | undefined; readonly known: readonly string[] } }
  | { readonly badFormat: string };

export function evaluate(expression: Expression, data: BindingData, context: ExpressionContext): Evaluation {
  const { name, members, format } = expression;
  let value = rootOf(expression, data, context);
  if (value === undefined) {
    return { missing: { name, within: undefined, known: namesIn(data) } };
  }
  for (const [depth, member] of members.entries()) {
    const next: BindingValue | undefined = memberOf(value, member);
    if (next === undefined) {
      const known = (membersOf(value) ?? []).map(([name]) => name);
      return { missing: { name: member, within: [name, ...members.slice(0, depth)].join('.'), known } };
    }
    value = next;
  }
  const { text, lost } = valueText(value, format, members.length > 0);
  return text === undefined ? { badFormat: format } : { text, ...(lost !== undefined && { lost }) };
}

function rootOf(expression: Expression, data: BindingData, { functionName, clock, random }: ExpressionContext): BindingValue | undefined {
  const entry = isBuiltInOnly(expression) ? undefined : data.get(expression.name.toLowerCase());
  if (entry?.value === SYSTEM) return { MethodName: functionName, UtcNow: dateTime(clock.now()), RandGuid: guid(random.uuid()) };
  if (entry !== undefined) return entry.value;
  if (expression.builtIn === undefined) return undefined;
  return expression.builtIn === 'datetime' ? dateTime(clock.now()) : guid(random.uuid());
}

/** What an expression may begin with; `$sys` is out of its reach. */
function namesIn(data: BindingData): string[] {
  return Array.from(data.values(), ({ name }) => name).filter((name) => !name.startsWith('$'));
}
