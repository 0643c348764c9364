import type { HttpTriggerMetadata } from '../core/function-app.ts';
import { urlTemplate } from '../http/routes/route-text.ts';
import type { InvokeRequest } from './create-host.ts';

/** Puts the address of a function together and calls it. Redirects are answers, as they are to the handler's author. */
export function invokeOverHttp(
  baseUrl: string,
  routePrefix: string,
  { route }: HttpTriggerMetadata,
  request: InvokeRequest,
): Promise<Response> {
  const { method = 'GET', query = '', params = {}, headers = {}, body } = request;
  const path = urlTemplate(routePrefix, route).replace(/\{(\*{0,2})([^}:=?]+)[^}]*\}/g, (_, star: string, name: string) => {
    const value = params[name] ?? '';
    return star === '' ? encodeURIComponent(value) : value.split('/').map(encodeURIComponent).join('/');
  });
  return fetch(`${baseUrl}${path}${query}`, { method, headers, redirect: 'manual', ...(body !== undefined && { body: body as string }) });
}
