import type { TokenCredential } from '@azure/identity';
import type { Identity } from './storage-address.ts';

/** Loads what speaks for that identity. Nobody is asked before the first request. */
export async function openIdentity({ kind, clientId, clientSecret, tenantId, resourceId }: Identity): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  switch (kind) {
    case 'secret':
      return new identity.ClientSecretCredential(tenantId ?? '', clientId ?? '', clientSecret ?? '');
    case 'managed':
      if (resourceId) return new identity.ManagedIdentityCredential({ resourceId });
      return new identity.ManagedIdentityCredential(clientId ? { clientId } : {});
    case 'workload':
      return new identity.WorkloadIdentityCredential({ ...(clientId && { clientId }), ...(tenantId && { tenantId }) });
    case 'default':
      return new identity.DefaultAzureCredential({
        ...(clientId && { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
        ...(tenantId && { tenantId }),
      });
  }
}
