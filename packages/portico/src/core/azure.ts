/** The release of Azure's host that Portico follows. Handlers and tools read it. https://github.com/Azure/azure-functions-host/releases */
export const AZURE_HOST_VERSION = '4.1037.0.0';

/** What Azure's host says to the same fault. A phrase that ends in a full stop ends the sentence as well. */
export const onAzure = (...phrases: readonly string[]): string =>
  `On Azure: ${phrases.map((phrase) => `"${phrase}"`).join(', ')}${phrases.at(-1)?.endsWith('.') ? '' : '.'}`;
