import { describe, expect, test } from 'vitest';
import { isKeyVaultReference, unresolvedReference } from './key-vault-reference.ts';

const nowhere = () => undefined;
const reference = (parts: string) => `@Microsoft.KeyVault(${parts})`;

describe('a Key Vault reference', () => {
  test.each([reference('VaultName=v;SecretName=s'), '@microsoft.keyvault(', '@MICROSOFT.KEYVAULT()'])('is %s', (value) => {
    expect(isKeyVaultReference(value)).toBe(true);
  });

  test.each(['', '@', 'x@Microsoft.KeyVault(', '@Microsoft.KeyVault', '@Microsoft.AppConfiguration(Endpoint=x)'])(
    'is not "%s"',
    (value) => {
      expect(isKeyVaultReference(value)).toBe(false);
      expect(unresolvedReference(value, nowhere)).toBeUndefined();
    },
  );

  test.each([
    ['SecretUri=https://my-vault.vault.azure.net/secrets/name', '--id https://my-vault.vault.azure.net/secrets/name'],
    ['SecretUri=https://v.vault.azure.cn/secrets/name/', '--id https://v.vault.azure.cn/secrets/name'],
    ['secreturi=https://v.vault.azure.net/secrets/name/0123abc', '--id https://v.vault.azure.net/secrets/name/0123abc'],
    ['VaultName=v;SecretName=my-name', '--vault-name v --name my-name'],
    [' SecretName = n ; VaultName = v ;', '--vault-name v --name n'],
    ['VaultName=v;SecretName=n;SecretVersion=0a', '--vault-name v --name n --version 0a'],
  ])('outside of Azure comes with the command that prints its secret: %s', (parts, secret) => {
    expect(unresolvedReference(reference(parts), nowhere)).toEqual({
      why: 'a Key Vault reference that nothing resolves outside of Azure',
      hint: `Write the secret itself into local.settings.json or the environment; "az keyvault secret show ${secret} --query value --output tsv" prints it.`,
    });
  });

  test.each(['WEBSITE_INSTANCE_ID', 'WEBSITE_POD_NAME'])(
    'on Azure, where %s is set, is one that the platform did not resolve',
    (variable) => {
      const unresolved = unresolvedReference(reference('VaultName=v;SecretName=s'), (name) => (name === variable ? 'x' : undefined));
      expect(unresolved?.why).toBe('a Key Vault reference that the platform did not resolve');
      expect(unresolved?.hint).toContain('The portal says why');
      expect(unresolved?.hint).not.toContain('local.settings.json');
    },
  );

  test.each([
    ['@Microsoft.KeyVault(VaultName=v;SecretName=hidden', 'the closing ")" is missing'],
    [reference(''), 'it has neither SecretUri nor VaultName and SecretName'],
    [reference('SecretUrl=https://v.vault.azure.net/secrets/hidden'), 'it has neither SecretUri nor VaultName and SecretName'],
    [reference('VaultName=v'), 'SecretName is missing'],
    [reference('VaultName=v;SecretName='), 'SecretName is missing'],
    [reference('SecretName=hidden'), 'VaultName is missing'],
    [reference('SecretUri='), 'its SecretUri is no address of a secret'],
    [reference('SecretUri=https://v.vault.azure.net/keys/hidden'), 'its SecretUri is no address of a secret'],
    [reference('SecretUri=https://v.vault.azure.net/secrets/hidden"; rm x'), 'its SecretUri is no address of a secret'],
    [reference('VaultName=v;SecretName=hid den'), 'its SecretName has other characters than letters, digits and "-"'],
    [reference('VaultName=v.hidden;SecretName=s'), 'its VaultName has other characters than letters, digits and "-"'],
  ])('that nobody can resolve says why, and is not repeated: %s', (value, fault) => {
    for (const get of [nowhere, () => 'on Azure']) {
      const unresolved = unresolvedReference(value, get);
      expect(unresolved?.why).toBe(`a Key Vault reference that nobody can resolve (${fault})`);
      expect(unresolved?.hint).toContain('@Microsoft.KeyVault(VaultName=VAULT;SecretName=NAME)');
      expect(JSON.stringify(unresolved)).not.toContain('hid');
    }
  });
});
