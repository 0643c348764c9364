// Of the host itself: its app, its port, its end; and of whoever uses it as a library.
import { defineError, HostError, messageOf } from '../error.ts';

export const appRootNotFound = defineError(
  'APP_ROOT_NOT_FOUND',
  'usage',
  ({ folder, exists, below }: { folder: string; exists: boolean; below: readonly string[] }) => ({
    message: exists
      ? `Unable to find project root. Expecting to find one of host.json in project root: there is none in ${folder} or in a folder above it.`
      : `Unable to find project root: there is no folder ${folder}.`,
    hint:
      below.length > 0
        ? `There is one in ${below.join(', ')}: portico start ${below[0]}, or --app ${below[0]} with other commands.`
        : 'Name the folder of the app: portico start FOLDER, or --app FOLDER with other commands.',
  }),
);

export const portInUse = defineError(
  'PORT_IN_USE',
  'service',
  (facts: { port: number; address: string; owner: { pid: number; command: string } | undefined }) => ({
    message: `Port ${facts.port} is unavailable: ${facts.owner === undefined ? `somebody else listens on ${facts.address}:${facts.port}` : `process ${facts.owner.pid} (${facts.owner.command}) listens on it`}.`,
    hint: `Close the process using that port${facts.owner === undefined ? '' : ` (kill ${facts.owner.pid})`}, or specify another port using --port: "--port auto" takes the next free one.`,
  }),
);

export const portNotAvailable = defineError(
  'PORT_NOT_AVAILABLE',
  'service',
  (facts: { port: number; address: string; cause: unknown }) => ({
    message: `Cannot listen on ${facts.address}:${facts.port}: ${messageOf(facts.cause)}.`,
    hint: 'Ports below 1024 need privileges, and the address must be one of this machine.',
    cause: facts.cause,
  }),
);

export const workCutOff = defineError('WORK_CUT_OFF', 'service', (what: string) => ({
  message: `Cut off, because it did not finish in time: ${what}.`,
  hint: 'A longer --grace lets more of it finish.',
}));

export const reloadLoop = defineError('RELOAD_LOOP', 'config', (file: string, pauseMs: number) => ({
  message: `${file} changes again and again, each time right after the reload that it caused.`,
  hint: `If the handler itself writes it, name it in .gitignore, in .funcignore, or in watch.ignore of portico.json. Until then each reload waits ${pauseMs / 1000} s.`,
}));

export const hostIdRefused = defineError('HOST_ID_REFUSED', 'config', (found: string, used: string) => ({
  message: `AzureFunctionsWebHost__hostid is ${JSON.stringify(found)}, which cannot be the id of a host; ${used} is used.`,
  hint: 'Write 1 to 32 of a-z, 0-9 and "-", no "-" at either end and no two in a row.',
}));

export const listenerNotStarted = defineError(
  'LISTENER_NOT_STARTED',
  'service',
  ({ functionName, cause }: { functionName: string; cause: unknown }) => ({
    message: `The trigger of ${functionName} does not listen: ${messageOf(cause)}`,
    hint: `${(cause instanceof HostError && cause.hint) || ''} It is tried again and again; the other functions run.`.trim(),
    cause,
  }),
);

export const hostStopped = defineError('HOST_STOPPED', 'usage', () => ({
  message: 'This host was stopped, and a stopped host does not start again.',
  hint: 'Make another one with createHost.',
}));

export const functionUnknown = defineError('FUNCTION_UNKNOWN', 'config', (name: string, known: readonly string[]) => ({
  message: `There is no function "${name}".`,
  hint: known.length === 0 ? 'The app has no functions.' : `The app has ${known.join(', ')}.`,
}));

export const functionNotHttp = defineError('FUNCTION_NOT_HTTP', 'config', (name: string) => ({
  message: `The function "${name}" has no HTTP trigger, so it cannot be called over HTTP.`,
}));
