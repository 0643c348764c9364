import type { FunctionApp, FunctionMetadata } from '../core/function-app.ts';
import { joinRoute } from '../http/routes/route-text.ts';
import { fileUrl } from './endpoint.ts';

/** What a description says of a function. */
export type DescribedFunction = Pick<FunctionMetadata, 'name' | 'definition' | 'disabled'> & {
  readonly directory: string;
  readonly http: { readonly route: string } | undefined;
};

/** One function as GET /admin/functions shows it. Snake case here, as on Azure. */
export function describeFunction(
  fn: DescribedFunction,
  app: FunctionApp,
  baseUrl: string,
  temporaryFolder: string,
): Record<string, unknown> {
  const files = fileUrl(baseUrl, fn.directory);
  return {
    name: fn.name,
    script_root_path_href: `${files}/`,
    script_href: null,
    config_href: `${files}/function.json`,
    test_data_href: fileUrl(baseUrl, `${temporaryFolder}/FunctionsData/${fn.name}.dat`),
    href: `${baseUrl}/admin/functions/${fn.name}`,
    invoke_url_template: invokeUrl(fn, app, baseUrl),
    language: null,
    config: fn.definition,
    files: null,
    test_data: '',
    isDisabled: fn.disabled,
    isDirect: false,
    isProxy: false,
  };
}

function invokeUrl({ http }: DescribedFunction, { config }: FunctionApp, baseUrl: string): string | null {
  return http === undefined ? null : `${baseUrl}/${joinRoute(config?.http.routePrefix ?? 'api', http.route)}`.toLowerCase();
}
