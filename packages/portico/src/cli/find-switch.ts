// Where the files of an app say that a function is disabled. The environment of its host is not to be seen from here.
import { findAppRoot } from '../config/find-app-root.ts';
import { switches } from '../config/function-switches.ts';
import { readSettings } from '../config/settings.ts';
import { HostError } from '../core/error.ts';
import type { FunctionSwitch } from './invoke-function.ts';
import { formatOrigin, originOf } from './origin.ts';

/** `folder`: absolute; of the app, or one below it. Undefined: they do not say so, or there is no app. */
export function findSwitch(functionName: string, folder: string): FunctionSwitch | undefined {
  const { settings, written } = readFiles(folder);
  const setting = switches(settings)(functionName);
  const found = written.findLast(({ name }) => name === setting);
  return found && { setting: found.name, place: formatOrigin(originOf(found.place)) };
}

function readFiles(folder: string): Pick<ReturnType<typeof readSettings>, 'settings' | 'written'> {
  try {
    return readSettings(findAppRoot(folder), {});
  } catch (thrown) {
    if (thrown instanceof HostError) return { settings: {}, written: [] };
    throw thrown;
  }
}
