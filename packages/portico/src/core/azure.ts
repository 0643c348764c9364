/** The release of Azure's host that Portico follows. Handlers and tools read it. https://github.com/Azure/azure-functions-host/releases */
export const AZURE_HOST_VERSION = '4.1037.0.0';
