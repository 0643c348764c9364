// Where a storage account is and how it is entered. No I/O, and no SDK.

export type StorageService = 'blob' | 'queue' | 'table';

export type StorageConnection =
  /** Portico's own, which has an address once it runs. */
  { readonly kind: 'emulator'; readonly name: string } | StorageAddress;

export type StorageAddress = {
  readonly kind: 'account';
  /** The app setting that says so. */
  readonly setting: string;
  readonly name: string;
  /** Without a slash at the end. A service may be unknown. */
  readonly endpoints: Readonly<Partial<Record<StorageService, string>>>;
  readonly access: StorageAccess;
};

export type StorageAccess =
  | { readonly kind: 'key'; readonly key: string }
  /** A shared access signature, without the question mark. */
  | { readonly kind: 'signature'; readonly token: string }
  | { readonly kind: 'identity'; readonly identity: Identity };

/** Who this host is at Azure. */
export type Identity = {
  readonly kind: 'default' | 'managed' | 'workload' | 'secret';
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tenantId?: string;
  readonly resourceId?: string;
};

/** The account's name: the first label of a host, or the first step of the path where the host is this machine or an address. */
export function nameInEndpoint(endpoint: string): string {
  const { hostname, pathname } = new URL(endpoint);
  return pathname === '/' ? (hostname.split('.', 1)[0] as string) : (pathname.split('/')[1] as string);
}
