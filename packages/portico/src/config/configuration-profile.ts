// `configurationProfile` of host.json: defaults for a kind of app, under what is written there.
import { nearestName } from '../core/nearest-name.ts';
import type { Problem } from '../core/problem.ts';
import { profileUnknown } from '../core/problems/host-json.ts';
import { type JsonDocument, valueAt } from './json-document.ts';
import { type Override, withValues } from './overrides.ts';

const PROFILES = ['', 'default', 'mcp-custom-handler', 'web-app-custom-handler'];

/** Both profiles there are say the same: every path goes to the handler, as it comes. */
const DEFAULTS: readonly Omit<Override, 'place'>[] = [
  { path: ['customHandler', 'enableProxyingHttpRequest'], value: true },
  { path: ['extensions', 'http', 'routePrefix'], value: '' },
  { path: ['customHandler', 'http', 'routes', '0', 'route'], value: '{*route}' },
];

export type Profiled = {
  readonly document: JsonDocument /** Some profile other than the default is set. */;
  readonly hasProfile: boolean;
  readonly problem?: Problem;
};

export function underProfile(document: JsonDocument): Profiled {
  const path = ['configurationProfile'];
  const written = valueAt(document.value, path) ?? '';
  const profile = PROFILES.indexOf(String(written).toLowerCase());
  if (profile < 0)
    return { document, hasProfile: false, problem: profileUnknown(String(written), PROFILES, nearestName(String(written), PROFILES)) };
  if (profile < 2) return { document, hasProfile: false };
  const place = document.place(path);
  return {
    document: withValues(
      document,
      DEFAULTS.map((value) => ({ ...value, place })),
      'absent',
    ).document,
    hasProfile: true,
  };
}
