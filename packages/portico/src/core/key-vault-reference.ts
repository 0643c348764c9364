// `@Microsoft.KeyVault(…)` as the value of an app setting. On Azure the platform puts the secret in before any program sees it; nothing does that here.
// https://learn.microsoft.com/azure/app-service/app-service-key-vault-references

/** Why a setting holds a reference and no secret: a noun with its clause, and the next step. */
export type Unresolved = { readonly why: string; readonly hint: string };

const BEGINNING = '@microsoft.keyvault(';
const FORM =
  '@Microsoft.KeyVault(SecretUri=https://VAULT.vault.azure.net/secrets/NAME) or @Microsoft.KeyVault(VaultName=VAULT;SecretName=NAME)';
const INSTEAD = 'Write the secret itself into local.settings.json or the environment';

/** The platform sets the first of them for an app of its own, and the other where apps are pods. */
const ON_AZURE = ['WEBSITE_INSTANCE_ID', 'WEBSITE_POD_NAME'];

/** Asked of every setting at every start. */
export function isKeyVaultReference(value: string): boolean {
  return value.startsWith('@') && value.slice(0, BEGINNING.length).toLowerCase() === BEGINNING;
}

/** Undefined: the value is no reference. `get`: any setting by its name, to tell whether this is Azure. */
export function unresolvedReference(value: string, get: (name: string) => string | undefined): Unresolved | undefined {
  if (!isKeyVaultReference(value)) return undefined;
  const reference = readReference(value);
  if ('fault' in reference) {
    return { why: `a Key Vault reference that nobody can resolve (${reference.fault})`, hint: `Azure knows ${FORM}. ${INSTEAD}.` };
  }
  if (ON_AZURE.some((name) => get(name))) {
    return {
      why: 'a Key Vault reference that the platform did not resolve',
      hint: 'The portal says why, at the environment variables of the app: its identity may not read the secret, the vault cannot be reached, or there is no such secret.',
    };
  }
  return {
    why: 'a Key Vault reference that nothing resolves outside of Azure',
    hint: `${INSTEAD}; "az keyvault secret show ${reference.secret} --query value --output tsv" prints it.`,
  };
}

/** `secret`: how az names it. What is not well-formed is not repeated: it may be the secret. */
export function readReference(value: string): { readonly secret: string } | { readonly fault: string } {
  const written = /^[^(]*\((.*)\)\s*$/s.exec(value)?.[1];
  if (written === undefined) return { fault: 'the closing ")" is missing' };
  const parts = new Map(
    written.split(';').map((part) => [part.replace(/=.*/s, '').trim().toLowerCase(), part.replace(/^[^=]*=?/, '').trim()]),
  );
  const uri = parts.get('secreturi');
  if (uri !== undefined) {
    const isSecret = /^https:\/\/[\w.-]+\/secrets\/[\w-]+(?:\/\w*)?$/i.test(uri);
    return isSecret ? { secret: `--id ${uri.replace(/\/$/, '')}` } : { fault: 'its SecretUri is no address of a secret' };
  }
  const [vault, name, version] = ['vaultname', 'secretname', 'secretversion'].map((part) => parts.get(part) || undefined);
  if (vault === undefined && name === undefined) return { fault: 'it has neither SecretUri nor VaultName and SecretName' };
  if (vault === undefined) return { fault: 'VaultName is missing' };
  if (name === undefined) return { fault: 'SecretName is missing' };
  const odd = Object.entries({ VaultName: vault, SecretName: name, SecretVersion: version ?? '' }).find(
    ([, text]) => !/^[\w-]*$/.test(text),
  );
  if (odd !== undefined) return { fault: `its ${odd[0]} has other characters than letters, digits and "-"` };
  return { secret: [`--vault-name ${vault} --name ${name}`, version && `--version ${version}`].filter(Boolean).join(' ') };
}
