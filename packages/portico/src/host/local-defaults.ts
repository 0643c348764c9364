// What holds on a developer's machine where nobody says otherwise.
import type { AppSettings } from '../core/function-app.ts';

export const DEFAULT_PORT = 7071;
export const DEFAULT_ADDRESS = '127.0.0.1';

/** What Azure's own local tool tells a handler about where it runs, unless the settings say it. `port`: the public one. */
export function localDefaults(port: number): AppSettings {
  return { WEBSITE_HOSTNAME: `localhost:${port}`, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
}
