// /admin/host/extensionBundle/v1/*: what an extension bundle holds. This host has none and needs none: every binding is part of it.

import { answerText } from './answer-text.ts';
import type { AdminRequest } from './endpoint.ts';

const NAMES: Readonly<Record<string, string>> = { templates: 'Templates', bindings: 'Binding metadata', resources: 'Resources metadata' };

/** A locale, as in `resources.de-DE`. */
const LOCALE = /^resources\.[a-z\d-]{1,35}$/i;

export function answerBundle({ call, parts: [name = ''] }: AdminRequest): void {
  const lower = name.toLowerCase();
  const what = Object.hasOwn(NAMES, lower) ? NAMES[lower] : LOCALE.test(name) ? `Resources.${name.slice('resources.'.length)}` : undefined;
  if (what === undefined) return call.answer(404, 'refused');
  answerText(call, 404, `${what} not found within the extension bundle or extension bundle is not configured for the function app.`);
}
