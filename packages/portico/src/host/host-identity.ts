import { settingLookup } from '../core/expressions/setting-names.ts';
import type { AppSettings } from '../core/function-app.ts';
import { hostId, isHostId } from '../core/host-id.ts';
import { machineName } from '../platform/machine.ts';

export type HostIdentity = {
  /** Names this app in storage paths. Two hosts with one id share what they remember. */
  readonly id: string;
  /** What a setting says, if it can be none. */
  readonly refused: string | undefined;
  /** A setting says so; otherwise it belongs to this machine and this folder. */
  readonly isChosen: boolean;
};

const SETTING = 'AzureFunctionsWebHost:hostid';
const MOST_CHARACTERS = 32;

/** https://learn.microsoft.com/azure/azure-functions/storage-considerations#host-id-considerations */
export function hostIdentity(settings: AppSettings, root: string): HostIdentity {
  const said = settingLookup(settings).get(SETTING);
  // Parity: it is cut off and put into small letters.
  const chosen = said?.slice(0, MOST_CHARACTERS).toLowerCase().replace(/-+$/, '');
  if (chosen && isHostId(chosen)) return { id: chosen, refused: undefined, isChosen: true };
  return { id: hostId(machineName, root), refused: said || undefined, isChosen: false };
}
