// The query of an input. What an event brings is put into it in such a way that it stays a value and never becomes part of the query.
import { templateOf } from '../../core/binding-options.ts';
import { tableFilterValueUnusable } from '../../core/errors/table.ts';
import { readTokens } from '../../core/expressions/tokens.ts';
import type { EventScope } from '../../core/extension.ts';
import type { BindingMetadata } from '../../core/function-app.ts';

type FilterTemplate = {
  /** Throws HostError when there is no value, or one that cannot stand there. */
  bind(scope: Pick<EventScope, 'bind'>): string;
};

/** `text` was found to be in order at load. */
export function parseFilter(text: string, binding: Pick<BindingMetadata, 'name'>): FilterTemplate {
  const tokens = readTokens(text);
  if ('reason' in tokens) throw new Error(tokens.reason);
  const [only, second] = tokens;
  // Parity: an expression that is all of the filter brings a filter, not a value.
  if (only !== undefined && typeof only !== 'string' && second === undefined) {
    const template = templateOf(binding, 'filter', text);
    return { bind: (scope) => scope.bind(template) };
  }
  let isQuoted = false;
  const parts = tokens.map((token): ((scope: Pick<EventScope, 'bind'>) => string) => {
    if (typeof token === 'string') {
      if (token.split("'").length % 2 === 0) isQuoted = !isQuoted;
      return () => token;
    }
    const { written } = token;
    const template = templateOf(binding, 'filter', `{${written}}`);
    if (isQuoted) return (scope) => doubleQuotes(scope.bind(template));
    return (scope) => {
      const literal = literalOf(scope.bind(template));
      if (literal === undefined) throw tableFilterValueUnusable({ binding: binding.name, expression: written });
      return literal;
    };
  });
  return { bind: (scope) => parts.map((part) => part(scope)).join('') };
}

/** Of a partition, a filter, or both. Undefined: everything. */
export function queryOf(partitionKey: string, filter: string): string | undefined {
  const partition = partitionKey === '' ? '' : `PartitionKey eq '${doubleQuotes(partitionKey)}'`;
  if (partition === '' || filter === '') return partition || filter || undefined;
  return `${partition} and (${filter})`;
}

function doubleQuotes(text: string): string {
  return text.replaceAll("'", "''");
}

/** What may stand without quotes: a boolean or a number. .NET spells the former with a capital letter, OData does not. */
function literalOf(text: string): string | undefined {
  const trimmed = text.trim();
  if (/^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase();
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(trimmed) || /^(?:NaN|-?Infinity)$/.test(trimmed) ? trimmed : undefined;
}
