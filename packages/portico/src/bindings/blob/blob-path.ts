// Where a blob is: `container/blob`, or its URL. Pure; what a trigger's path matches is in watched-path.ts.

/** Both as they are, nothing escaped. */
export type BlobPath = { readonly container: string; readonly blob: string };

/** Completes "The blob path … ". `azure`: what Azure's host says, word for word. */
export type BlobPathFault = { readonly reason: string; readonly azure: string };

const MOST_CHARACTERS = 1024;
const CONTAINER = /^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;
// The ports of emulators. Azure's own library takes them, and a host that is an address, as the sign that the account is a part of the path.
const EMULATOR_PORTS = new Set(['10000', '10001', '10002', '10003', '10004', '10100', '10101', '10102', '10103', '10104']);

export function parseBlobPath(text: string): BlobPath | { readonly fault: BlobPathFault } {
  const path = blobOfUrl(text) ?? splitPath(text);
  if (path === undefined) {
    return {
      fault: {
        reason: 'is not of the form "container/blob"',
        azure: `Invalid blob path specified : '${text}'. Blob identifiers must be in the format 'container/blob'.`,
      },
    };
  }
  const fault = containerFault(path.container) ?? blobNameFault(path.blob);
  return fault === undefined ? path : { fault };
}

/** Undefined: it is no absolute URL of a blob. Account and query do not count: a blob is looked up in the account of the binding. */
export function blobOfUrl(text: string): BlobPath | undefined {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null) return undefined;
  const segments = url.pathname.slice(1).split('/');
  if (hasAccountInPath(url)) segments.shift();
  const [container, ...rest] = segments;
  const blob = rest.join('/');
  if (container === undefined || container === '' || blob === '') return undefined;
  try {
    return { container: decodeURIComponent(container), blob: decodeURIComponent(blob) };
  } catch {
    // A percent sign that is none of an escape: no service gives such a URL.
    return undefined;
  }
}

export function containerFault(container: string): BlobPathFault | undefined {
  if (CONTAINER.test(container) || container === '$root' || container === '$logs' || container === '$web') return undefined;
  return {
    reason: `names the container ${JSON.stringify(container)}, which cannot exist: 3 to 63 of a-z, 0-9 and "-" are allowed, no "-" at either end and no two in a row`,
    azure: `Invalid container name: ${container}`,
  };
}

export function blobNameFault(blob: string): BlobPathFault | undefined {
  if (blob.length > MOST_CHARACTERS) {
    return {
      reason: `names a blob of ${blob.length} characters, and ${MOST_CHARACTERS} are allowed`,
      azure: `The given blob name '${blob}' is too long. A blob name must be at least one character long and cannot be more than 1,024 characters long.`,
    };
  }
  if (blob.includes('\\')) {
    return {
      reason: 'has a backslash, which no blob name may have',
      azure: `The given blob name '${blob}' contain illegal characters. A blob name cannot the following character(s): '\\'.`,
    };
  }
  if (!/[./]$/.test(blob)) return undefined;
  return {
    reason: 'ends in a dot or a slash, which the service removes',
    azure: `The given blob name '${blob}' has an invalid suffix. Avoid blob names that end with a dot ('.'), a forward slash ('/'), or a sequence or combination of the two.`,
  };
}

/** As .NET writes the address of a blob, where more characters are escaped than in JavaScript. */
export function blobUrl(containerUrl: string, blob: string): string {
  const escaped = blob.split('/').map((segment) => encodeURIComponent(segment.toWellFormed()).replace(/[!'()*]/g, percentEncoded));
  return `${containerUrl}/${escaped.join('/')}`;
}

function splitPath(text: string): BlobPath | undefined {
  const slash = text.indexOf('/');
  return slash <= 0 || slash === text.length - 1 ? undefined : { container: text.slice(0, slash), blob: text.slice(slash + 1) };
}

function hasAccountInPath({ hostname, port }: URL): boolean {
  return hostname === 'localhost' || hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname) || EMULATOR_PORTS.has(port);
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
