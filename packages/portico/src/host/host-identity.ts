import type { AppSettings } from '../core/function-app.ts';
import { hostId } from '../core/host-id.ts';
import { machineName } from '../platform/machine.ts';

/** Names this app in storage paths. Two hosts with one id share what they remember. https://learn.microsoft.com/azure/azure-functions/storage-considerations#host-id-considerations */
export function hostIdOf(settings: AppSettings, root: string): string {
  const chosen = settings.AzureFunctionsWebHost__hostid ?? settings['AzureFunctionsWebHost:hostid'];
  return chosen?.slice(0, 32).toLowerCase().replace(/-+$/, '') || hostId(machineName, root);
}
