// One endpoint of the admin API, and how a request finds it. The list of them is in endpoints.ts.
import type { Call } from '../http/call.ts';
import type { RequestTarget } from '../http/request-target.ts';
import { withSlashes } from '../platform/file-state.ts';
import type { AdminHost } from './admin-host.ts';

export type AdminRequest = {
  readonly call: Call;
  readonly host: AdminHost;
  readonly target: RequestTarget;
  /** What stands for the {names} of the path and for its asterisk, decoded, in order. */
  readonly parts: readonly string[];
};

/** `open`: anybody may. `admin`: the master key. `webhook`: the system key of the extension that comes first in the path, or the master key. */
export type Policy = 'open' | 'admin' | 'webhook';

export type Endpoint = {
  readonly methods: readonly string[];
  /** In lower case. */
  readonly path: readonly string[];
  readonly policy: Policy | ((request: AdminRequest) => Policy);
  readonly answer: (request: AdminRequest) => void | Promise<void>;
};

/** `methods`: separated by blanks. `path`: a {name} stands for one segment, an asterisk at the end for all that follow, none included. */
export function on(methods: string, path: string, policy: Endpoint['policy'], answer: Endpoint['answer']): Endpoint {
  return { methods: methods.split(' '), path: path.split('/'), policy, answer };
}

/** The first that fits. Undefined: there is none by that path and method, which is 404 for everybody, as on Azure. */
export function findEndpoint(
  endpoints: readonly Endpoint[],
  method: string,
  { path }: RequestTarget,
): { readonly endpoint: Endpoint; readonly parts: readonly string[] } | undefined {
  const segments = path.split('/').filter(Boolean).map(decodeSegment);
  for (const endpoint of endpoints) {
    const parts = endpoint.methods.includes(method) ? match(endpoint.path, segments) : undefined;
    if (parts !== undefined) return { endpoint, parts };
  }
  return undefined;
}

function match(path: readonly string[], segments: readonly string[]): string[] | undefined {
  const hasRest = path.at(-1) === '*';
  const fixed = hasRest ? path.slice(0, -1) : path;
  if (segments.length < fixed.length || (!hasRest && segments.length > fixed.length)) return undefined;
  const parts: string[] = [];
  for (const [index, expected] of fixed.entries()) {
    const found = segments[index] as string;
    if (expected.startsWith('{')) parts.push(found);
    else if (expected !== found.toLowerCase()) return undefined;
  }
  return [...parts, ...segments.slice(fixed.length)];
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // No UTF-8: then it is no name of ours either.
    return segment;
  }
}

/** The first value of a parameter, whose name ignores case. Undefined: it is not there. */
export function parameterOf({ query }: Pick<RequestTarget, 'query'>, name: string): string | undefined {
  for (const [found, value] of new URLSearchParams(query)) if (found.toLowerCase() === name) return value;
  return undefined;
}

export const isExpanded = ({ target }: Pick<AdminRequest, 'target'>): boolean => parameterOf(target, 'expand')?.toLowerCase() === 'true';

/** `http://localhost:7071`, as the caller knows us. */
export function baseUrlOf({ call, target }: Pick<AdminRequest, 'call' | 'target'>): string {
  const { socket, headers } = call.request;
  return `${'encrypted' in socket ? 'https' : 'http'}://${target.authority ?? headers.host ?? ''}`;
}

/** Where /admin/vfs has what is at that path of this machine. */
export function fileUrl(baseUrl: string, path: string): string {
  return `${baseUrl}/admin/vfs/${withSlashes(path).split('/').filter(Boolean).map(encodeURIComponent).join('/')}`;
}

/** The URL of the request as it was sent, without its query: a key may be in there. */
export const selfUrlOf = (request: Pick<AdminRequest, 'call' | 'target'>): string => `${baseUrlOf(request)}${request.target.path}`;
