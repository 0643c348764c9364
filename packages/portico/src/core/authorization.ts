// Who may call what. https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
import type { AuthLevel } from './function-app.ts';

/** What a valid key says of its caller. */
export type Principal = {
  readonly level: 'function' | 'system' | 'admin';
  /** `master` for the master key. */
  readonly keyName: string;
};

/** Parity: levels are compared, not ordered. A system key opens no function, and only the master key opens everything. */
export function isAllowed(required: AuthLevel, principal: Principal | undefined): boolean {
  return required === 'anonymous' || principal?.level === 'admin' || principal?.level === required;
}

/** What the key is called that every function, and the host, is given first. */
export const DEFAULT_KEY_NAME = 'default';

/** The system key that opens the webhooks of an extension. https://learn.microsoft.com/azure/azure-functions/function-keys-how-to#understand-keys */
export const webhookKeyName = (extension: string): string => `${extension.toLowerCase()}_extension`;

/** A user who has signed in, made up for testing: on Azure the platform says who it is. */
export type LocalPrincipal = { readonly name: string; readonly roles: readonly string[] };
