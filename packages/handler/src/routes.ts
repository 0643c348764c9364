import type { IncomingMessage } from 'node:http';
import { mapValues } from './map-values.ts';
import type { Reply } from './reply.ts';

export type RequestContext = {
  /** The host's id of this invocation. Undefined when somebody calls past the host. */
  readonly invocationId: string | undefined;
  /** W3C trace context, to pass on in calls of your own. */
  readonly traceparent: string | undefined;
  /** What stood in the place of `{name}`, decoded. */
  readonly params: Readonly<Record<string, string>>;
};

/** Answers a request that the host passes on (`enableForwardingHttpRequest`, `enableProxyingHttpRequest`). */
export type RequestHandler = (request: IncomingMessage, context: RequestContext) => Reply | Promise<Reply>;

/** Gives the values of a path's parameters, or undefined when the path is another. */
export type RouteMatcher = (path: string) => Record<string, string> | undefined;

/** Reads `/api/items/{id}` and `/files/{*rest}`. Letter case and a slash at the end make no difference, as on Azure. */
export function compileRoute(template: string): RouteMatcher {
  const source = template.replace(/\{(\*?)(\w+)\}|[^\w/]/g, (part, star?: string, name?: string) => {
    if (name === undefined) return `\\${part}`;
    return star ? `(?<${name}>.*)` : `(?<${name}>[^/]+)`;
  });
  const pattern = new RegExp(`^${source}/?$`, 'i');
  return (path) => {
    const found = pattern.exec(path);
    return found ? mapValues(found.groups ?? {}, decoded) : undefined;
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not UTF-8 behind the percent signs: the caller meant bytes, and the raw text is the nearest to them.
    return text;
  }
}
