// What of a setting may be seen by whoever looks over a shoulder. Nobody says which values are secrets, so it is told by their names and by how they look;
// what is doubtful is hidden.
import { isKeyVaultReference, readReference } from '../core/key-vault-reference.ts';
import { isKeySetting } from '../keys/key-settings.ts';

/** Of one length, whatever it stands for. */
export const MASK = '***';

/** `name`: of the setting, which tells more than its value does. */
export function maskSecrets(name: string, value: string): string {
  if (value === '' || /^(?:true|false)$/i.test(value)) return value;
  if (isKeyVaultReference(value)) return 'secret' in readReference(value) ? value : `@Microsoft.KeyVault(${MASK})`;
  if (namesSecret(name) || looksSecret(value)) return MASK;
  // That of Redis has commas, and may have a semicolon in its password.
  return (value.includes(';') ? maskParts(value, ';') : undefined) ?? maskParts(value, ',') ?? maskWithin(value);
}

/** Words that a secret is called by, some of them also as the end of a longer one: INSTRUMENTATIONKEY, PGPASSWORD. */
const SECRET_WORD =
  /^(?:.*(?:secret|password|passwd|passphrase|pwd|token|key|credential|signature)s?|pass|pw|pat|sas|sig|auth|authorization|bearer|jwt|certificate|pfx)\d*$/;
/** Names that end so speak about a secret and hold none: AzureWebJobsSecretStorageType, KEY_VAULT_URI. */
const LAST_WORD_ABOUT =
  /^(?:type|name|path|file|folder|dir|directory|vault|uri|url|endpoint|host|port|version|enabled|disabled|expiry|ttl|timeout|limit|count|length|size|mode|algorithm|issuer|audience|scope)$/;
const QUANTITY = /^(?:max|min)$/;

function namesSecret(name: string): boolean {
  if (isKeySetting(name)) return true;
  const words = name.split(/[^a-zA-Z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase());
  if (LAST_WORD_ABOUT.test(words.at(-1) ?? '') || words.some((word) => QUANTITY.test(word))) return false;
  return words.some((word) => SECRET_WORD.test(word));
}

/** Private keys, JSON web tokens, and what only a generator writes. */
function looksSecret(value: string): boolean {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY|(?:^|\W)eyJ[\w-]+\.[\w-]+\.[\w-]*/.test(value)) return true;
  if (!/^[\w+-][\w+/-]{31,}={0,2}$/.test(value)) return false;
  // Names of resources and UUIDs are long as well; they are in one case, and have dashes.
  return isMixed(value) || /^(?=.*[a-z])(?=.*\d)[a-z\d]+$/i.test(value);
}

/** Parts of connection strings that anybody may know: those of storage accounts, message brokers, databases and telemetry. */
const HARMLESS = new Set(
  `AccountName AccountEndpoint DefaultEndpointsProtocol EndpointSuffix BlobEndpoint QueueEndpoint TableEndpoint FileEndpoint BlobSecondaryEndpoint
   QueueSecondaryEndpoint TableSecondaryEndpoint FileSecondaryEndpoint UseDevelopmentStorage DevelopmentStorageProxyUri
   Endpoint EntityPath SharedAccessKeyName UseDevelopmentEmulator TransportType HostName DeviceId
   Server DataSource Address Addr NetworkAddress Host Port Database InitialCatalog UserID UID User Username Encrypt SslMode TrustServerCertificate
   Authentication Driver MultipleActiveResultSets PersistSecurityInfo IntegratedSecurity TrustedConnection ConnectionTimeout ConnectTimeout ApplicationName Pooling
   ssl abortConnect defaultDatabase connectRetry syncTimeout
   IngestionEndpoint LiveEndpoint ApplicationId AuthType ClientId TenantId Version`
    .toLowerCase()
    .split(/\s+/),
);

/** A connection string: of a secret the name is left, of what nobody knows nothing, for it may be a piece of one. Undefined: it is none. */
function maskParts(text: string, separator: ';' | ','): string | undefined {
  const parts = text.split(separator).map((written) => {
    const [, name = '', value = ''] = /^\s*([\w .-]+?)\s*=(.*)$/s.exec(written) ?? [];
    return { written, name, value, isHarmless: HARMLESS.has(name.toLowerCase().replaceAll(' ', '')), isSecret: namesSecret(name) };
  });
  if (!parts.some(({ isHarmless, isSecret }) => isHarmless || isSecret)) return undefined;
  const masked = parts.map(({ written, name, value, isHarmless, isSecret }, index) => {
    if (isHarmless) return `${name}=${maskWithin(value)}`;
    if (isSecret) return `${name}=${MASK}`;
    const isAddress = separator === ',' && index === 0 && /^[\w.-]+(?::\d+)?$/.test(written);
    return written.trim() === '' || isAddress ? written : MASK;
  });
  return masked.join(separator);
}

/** Addresses with a password or a generated part in them, queries and headers with a key, JSON with members of that kind; wherever in the text they are. */
function maskWithin(text: string): string {
  return (
    text
      // A password with a slash in it is against the rules, and is written all the same; a port is no password.
      .replace(/^([a-z][\w+.-]*:\/\/[^\s:@/?#]*:)(?!\d{1,5}(?:[/?#]|$))(?:[^/?#@]*[/?#][^\s]*)@/i, `$1${MASK}@`)
      .replace(/([a-z][\w+.-]*:\/\/)([^\s/?#"']*)@/gi, (_, scheme: string, user: string) => `${scheme}${maskUser(scheme, user)}@`)
      // Go's drivers have no scheme: user:password@tcp(host)/database.
      .replace(/^([^\s:@/?#"'{]+:)(?!\/\/)\S+@(?=[\w.[(])/, `$1${MASK}@`)
      // Whoever knows the address of a web hook may call it.
      .replace(/(?<=:\/\/\S*\/)[\w-]{20,}(?=[/?#\s]|$)/g, (part) => (isMixed(part) || looksSecret(part) ? MASK : part))
      .replace(/([?&#;,\s])([^=&;,\s"']+)=("[^"]*"|'[^']*'|["']?[^&;#\s"']+)/g, (pair, mark: string, name: string) =>
        namesSecret(name) || /^code$/i.test(name) ? `${mark}${name}=${MASK}` : pair,
      )
      .replace(/^([ \t"']*[\w-]+)(:[ \t]+)\S.*/gm, (line, name: string, colon: string) =>
        namesSecret(name) ? `${name}${colon}${MASK}` : line,
      )
      .replace(/^(Bearer|Basic) \S+$/i, `$1 ${MASK}`)
      .replace(/"((?:[^"\\]|\\.)*)"(\s*:\s*)(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\d[\d.]*)/g, (member, name: string, colon: string) =>
        namesSecret(name) ? `"${name}"${colon}"${MASK}"` : member,
      )
  );
}

const isMixed = (text: string): boolean => /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);

/** What stands alone before a web address is a token; before any other it is a name. */
function maskUser(scheme: string, user: string): string {
  const [name = '', ...password] = user.split(':');
  if (password.length > 0) return `${name}:${MASK}`;
  return /^https?:/i.test(scheme) ? MASK : user;
}
