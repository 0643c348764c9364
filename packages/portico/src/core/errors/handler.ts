// Of the handler as a process. Most hints end in what Azure's host says to the same fault: people search for it.
import { onAzure } from '../azure.ts';
import { defineError, messageOf } from '../error.ts';

type Program = { readonly file: string; readonly section: string };

/** What was started, for messages about its end. `lines`: the last that it printed. */
type Start = { readonly written: string; readonly directory: string; readonly lines: readonly string[] };

function describeStart({ directory, lines }: Start): string {
  const output = lines.length === 0 ? 'It printed nothing.' : `Its last output:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return `Working directory: ${directory}\n${output}`;
}

export const workerDirectoryMissing = defineError(
  'WORKER_DIRECTORY_MISSING',
  'worker',
  (facts: { directory: string; section: string }) => ({
    message: `The working directory of the handler, ${facts.directory}, does not exist.`,
    hint: `Create it, or correct ${facts.section}.description.workingDirectory in host.json. ${onAzure('No such file or directory')}`,
  }),
);

export const workerProgramMissing = defineError(
  'WORKER_PROGRAM_MISSING',
  'worker',
  (facts: Program & { tried: readonly string[]; suggestion: string | undefined }) => ({
    message: `The handler "${facts.file}" was not found. Tried: ${facts.tried.join(', ')}.`,
    hint: `${facts.suggestion === undefined ? 'Build it, or correct' : `${facts.suggestion} Correct`} ${facts.section}.description.defaultExecutablePath in host.json, which is relative to the app root. ${onAzure(`Failed to start Worker Channel. Process fileName: ${facts.file}`, 'No such file or directory')}`,
  }),
);

export const workerProgramForeign = defineError(
  'WORKER_PROGRAM_FOREIGN',
  'worker',
  (facts: { file: string; builtFor: string; machine: string; advice: string }) => ({
    message: `${facts.file} is ${facts.builtFor}; this machine is ${facts.machine}.`,
    hint: `${facts.advice} ${onAzure('Exec format error')}`,
  }),
);

export const workerProgramNotExecutable = defineError(
  'WORKER_PROGRAM_NOT_EXECUTABLE',
  'worker',
  (facts: { file: string; mode: string }) => ({
    message: `${facts.file} is not marked as executable: its mode is ${facts.mode}.`,
    hint: `chmod +x ${facts.file} (and in Git: git update-index --chmod=+x). ${onAzure('Permission denied')}`,
  }),
);

export const workerProgramUnknown = defineError(
  'WORKER_PROGRAM_UNKNOWN',
  'worker',
  (facts: { file: string; found: string; advice: string }) => ({
    message: `${facts.file} is neither a program nor a script: it ${facts.found}.`,
    hint: `${facts.advice} ${onAzure('Exec format error')}`,
  }),
);

export const workerScriptLineEnds = defineError('WORKER_SCRIPT_LINE_ENDS', 'worker', (facts: { file: string; interpreter: string }) => ({
  message: `The first line of ${facts.file} ends in "\\r\\n", as on Windows, so the system looks for an interpreter called "${facts.interpreter}\\r".`,
  hint: `sed -i 's/\\r$//' ${facts.file} (and in .gitattributes: *.sh text eol=lf). ${onAzure('No such file or directory', 'bad interpreter')}`,
}));

export const workerInterpreterMissing = defineError(
  'WORKER_INTERPRETER_MISSING',
  'worker',
  (facts: { file: string; firstLine: string; missing: string; suggestion: string }) => ({
    message: `${facts.file} begins with "${facts.firstLine}", but ${facts.missing}.`,
    hint: `${facts.suggestion} ${onAzure('No such file or directory')}`,
  }),
);

export const workerLoaderMissing = defineError(
  'WORKER_LOADER_MISSING',
  'worker',
  (facts: { file: string; loader: string; builtFor: string }) => ({
    message: `${facts.file} needs ${facts.loader}, which this machine does not have: it was built for a system with ${facts.builtFor}.`,
    hint: `Build it on this system, or without a loader; in Go: CGO_ENABLED=0 go build. ${onAzure('No such file or directory')}`,
  }),
);

export const workerSpawnFailed = defineError(
  'WORKER_SPAWN_FAILED',
  'worker',
  (facts: { written: string; directory: string; cause: unknown }) => ({
    message: `The system did not start the handler "${facts.written}": ${messageOf(facts.cause)}.\nWorking directory: ${facts.directory}`,
    hint: `The program looks right, so the reason is the system's: memory, limits, security rules. ${onAzure('Failed to start Worker Channel.', 'An error occurred trying to start process')}`,
    cause: facts.cause,
  }),
);

export const workerPortTaken = defineError(
  'WORKER_PORT_TAKEN',
  'worker',
  (facts: { port: number; section: string; owner: { pid: number; command: string } | undefined }) => ({
    message: `The handler was not started: its port ${facts.port} is taken by ${facts.owner ? `process ${facts.owner.pid} (${facts.owner.command})` : 'another process'}.`,
    hint: `End that process, or change ${facts.section}.port in host.json: without it a free port is chosen. ${onAzure(`Unable to bind to port ${facts.port} specified in configuration`)}`,
  }),
);

export const workerExited = defineError(
  'WORKER_EXITED',
  'worker',
  (facts: Start & { end: string; ranMs: number; when: string; advice: string; azure: string }) => ({
    message: `The handler "${facts.written}" ${facts.end} after ${facts.ranMs} ms, ${facts.when}.\n${describeStart(facts)}`,
    hint: `${facts.advice} ${facts.azure}`,
  }),
);

export const workerNotReadyYet = defineError(
  'WORKER_NOT_READY_YET',
  'worker',
  (facts: { written: string; url: string; waitedMs: number; finding: string; advice: string }) => ({
    message: `The handler "${facts.written}" has not answered on ${facts.url} for ${facts.waitedMs} ms. ${facts.finding}`,
    hint: `${facts.advice} ${onAzure(`Waiting for HttpWorker to be initialized. Request to: ${facts.url}`)}`,
  }),
);

export const workerNotListening = defineError(
  'WORKER_NOT_LISTENING',
  'worker',
  (facts: Start & { url: string; waitedMs: number; finding: string; advice: string }) => ({
    message: `The handler "${facts.written}" started but did not answer on ${facts.url} within ${facts.waitedMs} ms. ${facts.finding}\n${describeStart(facts)}`,
    hint: `${facts.advice} ${onAzure('Failed to start http worker process.', 'Initializing HttpWorker timed out.')}`,
  }),
);

export const workerListensEverywhere = defineError(
  'WORKER_LISTENS_EVERYWHERE',
  'worker',
  (facts: { address: string; port: number; variable: string }) => ({
    message: `The handler listens on ${facts.address.includes(':') ? `[${facts.address}]` : facts.address}:${facts.port}, which is every address of this machine: others can call it past the host, without keys and with forged headers.`,
    hint: `Let it listen on 127.0.0.1 and the port in ${facts.variable} only; in Go: "127.0.0.1:" + port instead of ":" + port.`,
  }),
);

export const workerUnhealthy = defineError(
  'WORKER_UNHEALTHY',
  'worker',
  (facts: { path: string; reason: string; failureThreshold: number; pid: number }) => ({
    message: `The handler (process ${facts.pid}) failed its health check${facts.failureThreshold === 1 ? '' : ` ${facts.failureThreshold} times in a row`}: GET ${facts.path} gave ${facts.reason}. It gets no requests until it is well again; while no process is well, functions answer 503.`,
    hint: 'Something holds its event loop or all of its threads: a stack dump or a profiler shows what. Limits are in healthCheck of portico.json.',
  }),
);

export const workerRefuses = defineError('WORKER_REFUSES', 'worker', (facts: { pid: number; port: number; mostWaitMs: number }) => ({
  message: `The handler (process ${facts.pid}) goes on running, but takes no connection on 127.0.0.1:${facts.port}. Requests wait for it for up to ${facts.mostWaitMs} ms, then it is ended.`,
  hint: 'It has closed its port: a server that is shut down has to exit as well. On Azure every call fails from then on.',
}));

export const workerUnreachable = defineError('WORKER_UNREACHABLE', 'worker', (facts: { pid: number; port: number; waitedMs: number }) => ({
  message: `The handler (process ${facts.pid}) went on running, but took no connection on 127.0.0.1:${facts.port} for ${facts.waitedMs} ms, so it was ended.`,
  hint: 'It has closed its port: a server that is shut down has to exit as well. On Azure every call fails from then on.',
}));

export const workerKilled = defineError('WORKER_KILLED', 'worker', (facts: { written: string; graceMs: number }) => ({
  message: `The handler "${facts.written}" was killed: it, or what it had started, went on running for ${facts.graceMs} ms after SIGTERM.`,
  hint: 'Let it end on SIGTERM: take no more connections, finish what is under way, exit. What it had not written when it was killed is lost.',
}));

export const workerStopped = defineError('WORKER_STOPPED', 'worker', () => ({
  message: 'The handler was stopped.',
  hint: 'It runs again when the host does.',
}));

export const buildFailed = defineError(
  'BUILD_FAILED',
  'worker',
  (facts: { command: string; end: string; directory: string; lines: readonly string[]; linesBefore: number; advice: string }) => {
    const before = facts.linesBefore === 0 ? '' : `\n  … ${facts.linesBefore} lines before`;
    const output =
      facts.lines.length === 0 ? 'It printed nothing.' : `Its output:${before}\n${facts.lines.map((line) => `  ${line}`).join('\n')}`;
    return {
      message: `The build command "${facts.command}" ${facts.end}.\nDirectory: ${facts.directory}\n${output}`,
      hint: `${facts.advice} The next change tries again.`,
    };
  },
);

export const handlerNotReadyInTime = defineError('HANDLER_NOT_READY_IN_TIME', 'worker', (waitedMs: number) => ({
  message: `The handler did not become ready within ${waitedMs} ms, so this request was not run.`,
  hint: 'The log says what its start waits for.',
}));

export const handlerAbsent = defineError('HANDLER_ABSENT', 'config', () => ({
  message: 'This app has no custom handler, so no function can run.',
  hint: 'Name the program in host.json: "customHandler": { "description": { "defaultExecutablePath": "..." } }.',
}));
