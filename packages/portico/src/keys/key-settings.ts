// Which settings hold keys, or what opens them. They are for the host: a handler is told whose key was used, and needs none itself.

const KEY_SETTING = /^(?:portico_keys?(?:__.*)?|azurewebencryptionkey|azurewebjobssecretstoragesas)$/i;

export function isKeySetting(name: string): boolean {
  return KEY_SETTING.test(name);
}

export function withoutKeys(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !isKeySetting(name)));
}
