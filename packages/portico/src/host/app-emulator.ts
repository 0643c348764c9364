import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { createEmulator, type Emulator } from '../emulator/emulator.ts';
import { stateFolder } from '../platform/state-folder.ts';
import { stateHome } from '../platform/state-home.ts';

/** The storage emulator of an app, not started yet. What is stored in it is beside what the host remembers. */
export function appEmulator({ root, log, clock }: { readonly root: string; readonly log: Logger; readonly clock: Clock }): Emulator {
  return createEmulator({ folder: () => stateFolder({ root, stateHome: () => stateHome(), log }).make(), log, clock });
}
