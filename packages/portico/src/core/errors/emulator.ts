// Of the storage emulator.
import { defineError } from '../error.ts';

export const emulatorMissing = defineError('EMULATOR_MISSING', 'internal', (file: string) => ({
  message: `The storage emulator should be in ${file}, but it is not there.`,
  hint: 'Install Portico again, or start an emulator yourself: npx azurite --skipApiVersionCheck',
}));

export const emulatorNotInstalled = defineError('EMULATOR_NOT_INSTALLED', 'service', (lines: readonly string[]) => ({
  message: `The storage emulator could not be installed:\n${lines.join('\n')}`,
  hint: 'It comes from the npm registry: check the network, or name a storage account in AzureWebJobsStorage. It is tried again when it is needed again.',
}));

export const emulatorRefusesVersion = defineError('EMULATOR_REFUSES_VERSION', 'config', (port: number, version: string) => ({
  message: `The Azurite that runs on port ${port} answers "The API version ${version} is not supported by Azurite": it is older than the storage library.`,
  hint: 'Stop it, and Portico starts one of its own; or start it as: azurite --skipApiVersionCheck',
}));

type EmulatorEnd = {
  readonly exit: { readonly code: number | undefined; readonly signal: string | undefined };
  readonly lastLines: readonly string[];
};

export const emulatorFailed = defineError('EMULATOR_FAILED', 'service', (end: EmulatorEnd & { readonly waitedMs: number | undefined }) => ({
  message: `The storage emulator did not start. It ${end.waitedMs === undefined ? 'ended' : `did not listen within ${end.waitedMs} ms and was ended`} with ${endOf(end)}`,
  hint: 'If its data is damaged, remove the folder "storage" from ".portico": everything in the emulator is lost then.',
}));

export const emulatorEnded = defineError('EMULATOR_ENDED', 'service', (end: EmulatorEnd) => ({
  message: `The storage emulator ended with ${endOf(end)}`,
  hint: 'It is started again, and has everything that it had acknowledged.',
}));

function endOf({ exit, lastLines }: EmulatorEnd): string {
  const how = exit.signal ?? `exit code ${exit.code}`;
  return lastLines.length === 0 ? `${how}, without a word.` : `${how}. Its last output was:\n${lastLines.join('\n')}`;
}

export const emulatorPortTaken = defineError('EMULATOR_PORT_TAKEN', 'service', (ports: readonly number[]) => ({
  message: `The storage emulator cannot listen on ports ${ports.join(', ')}: another program has taken one of them.`,
  hint: 'End that program; the emulator has to be where its clients know it to be.',
}));

export const emulatorFolderInUse = defineError('EMULATOR_FOLDER_IN_USE', 'service', (folder: string) => ({
  message: `Another storage emulator works in ${folder}, and it does not answer.`,
  hint: 'End it: it may belong to a host that is being stopped, or to one on another machine that shares the folder.',
}));

export const emulatorStopped = defineError('EMULATOR_STOPPED', 'service', () => ({
  message: 'The storage emulator stops, because the host does.',
  hint: 'Nothing need be done: what could not be stored comes again.',
}));
