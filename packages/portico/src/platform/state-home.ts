import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { processEnvironment } from './environment.ts';

/** Where programs keep what they remember of this user. https://specifications.freedesktop.org/basedir-spec/latest/ */
export function stateHome(environment: Readonly<Record<string, string | undefined>> = processEnvironment()): string {
  // The specification wants a relative path ignored.
  const [chosen] = [environment.XDG_STATE_HOME, environment.LOCALAPPDATA].filter((folder) => folder && isAbsolute(folder));
  return chosen ?? join(homedir(), '.local', 'state');
}
