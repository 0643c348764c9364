// `configurationProfile` of host.json: defaults for a kind of app, under what is written there.
import { nearestName } from '../core/nearest-name.ts';
import type { Problem } from '../core/problem.ts';
import { profileUnknown } from '../core/problems/host-json.ts';
import { HOST_OPTIONS } from './host-options.ts';
import { type JsonDocument, valueAt } from './json-document.ts';
import { type Override, withValues } from './overrides.ts';

const PATH = ['configurationProfile'];
const NONE = ['', 'default'];
const PROFILES = ['mcp-custom-handler', 'web-app-custom-handler'];

/** Both profiles say the same: every path goes to the handler, as it comes. */
const DEFAULTS: readonly Omit<Override, 'place'>[] = [
  { path: ['customHandler', 'enableProxyingHttpRequest'], value: true },
  { path: ['extensions', 'http', 'routePrefix'], value: '' },
  { path: ['customHandler', 'http', 'routes', '0', 'route'], value: '{*route}' },
];

export type Profiled = {
  readonly document: JsonDocument;
  /** A profile other than the default is set. */
  readonly hasProfile: boolean;
  readonly problem?: Problem;
};

export function underProfile(document: JsonDocument): Profiled {
  const written = HOST_OPTIONS.configurationProfile.read(valueAt(document.value, PATH), PATH, () => undefined) ?? '';
  const name = written.toLowerCase();
  if (NONE.includes(name)) return { document, hasProfile: false };
  if (!PROFILES.includes(name)) {
    return { document, hasProfile: false, problem: profileUnknown(written, [...NONE, ...PROFILES], nearestName(written, PROFILES)) };
  }
  const place = document.place(PATH);
  const defaults = DEFAULTS.map((value) => ({ ...value, place }));
  return { document: withValues(document, defaults, 'absent').document, hasProfile: true };
}
