// Every error that can cross a folder, one entry each, sorted by area. docs/errors.md has an anchor for every code; a code is never reused.
import { defineError, HostError, messageOf } from './error.ts';

// Command line: kind usage, exit code 2.

export const commandUnknown = defineError('COMMAND_UNKNOWN', 'usage', (word: string, nearest: string | undefined) => ({
  message: `There is no command "${word}".`,
  hint: nearest
    ? `Did you mean "portico ${nearest}"?`
    : `"portico start ${word}" runs the app in a folder of that name; "portico help" lists the commands.`,
}));

export const helpTopicUnknown = defineError('HELP_TOPIC_UNKNOWN', 'usage', (word: string, nearest: string | undefined) => ({
  message: `There is no command "${word}" to show help for.`,
  hint: nearest ? `Did you mean "portico help ${nearest}"?` : '"portico help" lists the commands.',
}));

export const shellUnknown = defineError('SHELL_UNKNOWN', 'usage', (found: string | undefined, known: readonly string[]) => ({
  message: found === undefined ? '"portico completion" needs the name of a shell.' : `There is no completion for "${found}".`,
  hint: `Write "portico completion" and one of ${known.join(', ')}.`,
}));

export const flagUnknown = defineError('FLAG_UNKNOWN', 'usage', (flag: string, nearest: string | undefined) => ({
  message: `There is no flag ${flag}.`,
  hint: nearest ? `Did you mean --${nearest}?` : '"portico help COMMAND" lists the flags of a command.',
}));

export const flagValueMissing = defineError('FLAG_VALUE_MISSING', 'usage', (flag: string, value: string | undefined) => ({
  message: `${flag} needs a value.`,
  hint: `Write ${flag} ${value ?? 'VALUE'}; a value that begins with a dash as ${flag}=VALUE.`,
}));

export const flagTakesNoValue = defineError('FLAG_TAKES_NO_VALUE', 'usage', (flag: string, found: string) => ({
  message: `${flag} takes no value, but "${found}" was given.`,
  hint: `Write ${flag} to switch it on, or leave it out.`,
}));

export const flagValueWrong = defineError('FLAG_VALUE_WRONG', 'usage', (flag: string, found: string, allowed: string) => ({
  message: `${flag} cannot be "${found}".`,
  hint: `It is ${allowed}.`,
}));

export const flagNeedsAnother = defineError('FLAG_NEEDS_ANOTHER', 'usage', (flag: string, other: string) => ({
  message: `${flag} means nothing without ${other}.`,
  hint: `Give ${other} as well, or leave ${flag} out.`,
}));

export const flagsContradict = defineError('FLAGS_CONTRADICT', 'usage', (flag: string, other: string) => ({
  message: `${flag} and ${other} ask for opposite things.`,
  hint: 'Leave one of them out.',
}));

export const flagNotOfCommand = defineError('FLAG_NOT_OF_COMMAND', 'usage', (flag: string, command: string) => ({
  message: `"portico ${command}" has no flag ${flag}.`,
  hint: `"portico ${command} --help" lists those it has.`,
}));

export const flagRepeated = defineError('FLAG_REPEATED', 'usage', (flag: string) => ({
  message: `${flag} was given more than once.`,
  hint: 'Leave all but one of them out.',
}));

export const argumentMissing = defineError('ARGUMENT_MISSING', 'usage', (command: string, what: string, usage: string) => ({
  message: `"portico ${command}" needs ${what}.`,
  hint: `Write ${usage}`,
}));

export const actionUnknown = defineError(
  'ACTION_UNKNOWN',
  'usage',
  (command: string, word: string | undefined, nearest: string | undefined, known: readonly string[]) => ({
    message: word === undefined ? `"portico ${command}" needs to know what to do.` : `There is no "portico ${command} ${word}".`,
    hint: nearest ? `Did you mean "portico ${command} ${nearest}"?` : `Write "portico ${command}" and one of ${known.join(', ')}.`,
  }),
);

export const tooManyArguments = defineError('TOO_MANY_ARGUMENTS', 'usage', (command: string, most: number, words: readonly string[]) => ({
  message: `"portico ${command}" takes ${['no argument', 'one argument', 'two arguments', 'three arguments'][most] ?? `${most} arguments`}, but ${words.length} ${words.length === 1 ? 'was' : 'were'} given: ${words.join(' ')}.`,
  hint: `What holds spaces needs quotes around it; "portico help ${command.split(' ', 1)[0]}" shows what goes where.`,
}));

export const dataUnreadable = defineError('DATA_UNREADABLE', 'usage', (file: string, cause: unknown) => ({
  message: `The data cannot be read from ${file}: ${messageOf(cause)}`,
  hint: 'After the "@" comes the path of a file; text that begins with "@" can be given on standard input, with "-".',
  cause,
}));

export const dataNotText = defineError('DATA_NOT_TEXT', 'usage', (source: string) => ({
  message: `The data from ${source} is no text: it is not UTF-8.`,
  hint: 'Only the body for an HTTP function can be binary. For a blob trigger give the path of the blob.',
}));

export const confirmationMissing = defineError('CONFIRMATION_MISSING', 'usage', (command: string) => ({
  message: `"portico ${command}" asks before it deletes anything, and there is no terminal to ask at.`,
  hint: 'Give --yes if that is what you want.',
}));

export const keyOwnerUnknown = defineError(
  'KEY_OWNER_UNKNOWN',
  'usage',
  (word: string, nearest: string | undefined, functions: readonly string[]) => ({
    message: `Keys belong to host, system, master or a function, and there is no function "${word}".`,
    hint: nearest
      ? `Did you mean ${nearest}?`
      : functions.length === 0
        ? 'The app has no functions.'
        : `The app has ${functions.join(', ')}.`,
  }),
);

export const keyNotThere = defineError(
  'KEY_NOT_THERE',
  'usage',
  (owner: string, name: string, nearest: string | undefined, known: readonly string[]) => ({
    message: `There is no key "${name}" of ${owner}.`,
    hint: nearest ? `Did you mean ${nearest}?` : known.length === 0 ? `There are no keys of ${owner}.` : `There is ${known.join(', ')}.`,
  }),
);

export const keyNameWrong = defineError('KEY_NAME_WRONG', 'usage', (name: string, allowed: string) => ({
  message: `A key cannot be called "${name}".`,
  hint: `Its name is ${allowed}.`,
}));

// Without the value itself: it may be somebody's secret with a slip in it.
export const keyValueWrong = defineError('KEY_VALUE_WRONG', 'usage', (source: string, mostCharacters: number) => ({
  message: `What ${source} gives cannot be a key.`,
  hint: `A key is 1 to ${mostCharacters} printable ASCII characters without a blank at either end, because it travels in a header.`,
}));

export const masterKeyStays = defineError('MASTER_KEY_STAYS', 'usage', () => ({
  message: 'The master key cannot be revoked.',
  hint: '"portico keys create master" makes a new one, and the old one opens nothing any more.',
}));

export const noPortFree = defineError('NO_PORT_FREE', 'service', (address: string, first: number, last: number) => ({
  message: `No port from ${first} to ${last} is free on ${address}.`,
  hint: 'Check that the address belongs to this machine, or name a port with --port.',
}));

export const userBeyondLoopback = defineError('USER_BEYOND_LOOPBACK', 'usage', (address: string) => ({
  message: `With --as, whoever reaches ${address} would be that user, from other machines as well.`,
  hint: 'It is for tests on this machine: leave --address out to listen on 127.0.0.1, or leave --as out.',
}));

export const certificateUnusable = defineError(
  'CERTIFICATE_UNUSABLE',
  'usage',
  (file: string, reason: string, hint: string, cause?: unknown) => ({
    message: `The certificate ${file} cannot be used: ${reason}`,
    hint,
    cause,
  }),
);

export const readyFileUnwritable = defineError('READY_FILE_UNWRITABLE', 'usage', (file: string, cause: unknown) => ({
  message: `The ready file ${file} cannot be written: ${messageOf(cause)}`,
  hint: 'Name a file in a folder that this user may write to.',
  cause,
}));

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

// The public port.

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

// The handler process. Each hint ends in what Azure's host says to the same fault: people search for it.

type Program = { readonly file: string; readonly section: string };

/** What was started, for messages about its end. `lines`: the last that it printed. */
type Start = { readonly written: string; readonly directory: string; readonly lines: readonly string[] };

/** A phrase that ends in a full stop ends the sentence as well. */
const onAzure = (...phrases: readonly string[]): string =>
  `On Azure: ${phrases.map((phrase) => `"${phrase}"`).join(', ')}${phrases.at(-1)?.endsWith('.') ? '' : '.'}`;

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

// The conversation with the handler.

export const handlerNotReadyInTime = defineError('HANDLER_NOT_READY_IN_TIME', 'worker', (waitedMs: number) => ({
  message: `The handler did not become ready within ${waitedMs} ms, so this request was not run.`,
  hint: 'The log says what its start waits for.',
}));

export const handlerReplyBroken = defineError(
  'HANDLER_REPLY_BROKEN',
  'worker',
  (facts: { functionName: string; reason: string; cause?: string | undefined }) => ({
    message: `The handler did not answer "${facts.functionName}": ${facts.reason}.${facts.cause === undefined ? '' : ` ${facts.cause}`}`,
    hint: 'What it printed around this time says why. It may have read the request, so nobody knows how much of it was done, and it was not sent again.',
  }),
);

export const requestCutOff = defineError('REQUEST_CUT_OFF', 'worker', (functionName: string) => ({
  message: `The handler was stopped while it worked on a request to "${functionName}": the host stops, or another process took its place, and the grace was over.`,
  hint: 'If requests may take longer, give them more time with --grace. Nobody knows how much of this one was done, and it was not sent again.',
}));

export const functionTimedOut = defineError(
  'FUNCTION_TIMED_OUT',
  'worker',
  (facts: { functionName: string; limit: string; setting: string; restarts: boolean }) => ({
    message: `Timeout value of ${facts.limit} exceeded by function '${facts.functionName}': its request was given up${facts.restarts ? ', and the handler is replaced: what else it does is finished first' : ''}.`,
    hint: `If it may take longer, raise ${facts.setting} ("-1": no limit). On Azure the caller gets 500, and the handler is restarted together with everything else that runs in it.`,
  }),
);

export const streamStoodStill = defineError(
  'STREAM_STOOD_STILL',
  'worker',
  (facts: { functionName: string; limit: string; setting: string }) => ({
    message: `The reply of '${facts.functionName}' had begun and then stood still for ${facts.limit}, so it was cut off.`,
    hint: `Let the handler send something now and then, such as a comment line in an event stream, or raise ${facts.setting}. Azure has no such limit.`,
  }),
);

export const retriesExhausted = defineError('RETRIES_EXHAUSTED', 'worker', (retryCount: number) => ({
  message: `Function execution failed after '${retryCount}' retries.`,
  hint: 'Each attempt has its own error above. How often, and after which pause, stands in "retry" of function.json or host.json.',
}));

export const retryCutShort = defineError('RETRY_CUT_SHORT', 'worker', () => ({
  message: 'Invocation cancelled - exiting retry loop: the host stops.',
  hint: 'The failure of the last attempt is the end of it.',
}));

export const workCutOff = defineError('WORK_CUT_OFF', 'service', (what: string) => ({
  message: `Cut off, because it did not finish in time: ${what}.`,
  hint: 'A longer --grace lets more of it finish.',
}));

export const reloadLoop = defineError('RELOAD_LOOP', 'config', (file: string, pauseMs: number) => ({
  message: `${file} changes again and again, each time right after the reload that it caused.`,
  hint: `If the handler itself writes it, name it in .gitignore, in .funcignore, or in watch.ignore of portico.json. Until then each reload waits ${pauseMs / 1000} s.`,
}));

export const handlerAbsent = defineError('HANDLER_ABSENT', 'config', () => ({
  message: 'This app has no custom handler, so no function can run.',
  hint: 'Name the program in host.json: "customHandler": { "description": { "defaultExecutablePath": "..." } }.',
}));

const SAMPLE_REPLY = '{"Outputs":{"res":{"statusCode":200,"body":"hello"}},"Logs":["a line"],"ReturnValue":null}';

export const handlerReplyFailed = defineError(
  'HANDLER_REPLY_FAILED',
  'worker',
  (facts: { status: number; reason: string; excerpt: string }) => ({
    message: `The handler answered ${facts.status} (${facts.reason}), so the invocation failed.${facts.excerpt === '' ? ' The answer has no body.' : ` Its answer:\n${facts.excerpt}`}`,
    hint: `If the caller should get ${facts.status}, answer 200 and put it into the output: {"Outputs":{"res":{"statusCode":${facts.status}}}}. ${onAzure(`Response status code does not indicate success: ${facts.status} (${facts.reason}).`)}`,
  }),
);

export const handlerReplyUnreadable = defineError(
  'HANDLER_REPLY_UNREADABLE',
  'worker',
  (facts: { field: string; got: string; expected: string }) => ({
    message: `The handler's reply cannot be read: ${facts.field} is ${facts.got}, expected ${facts.expected}.`,
    hint: `A good reply is application/json: ${SAMPLE_REPLY}. If the handler answers HTTP itself, set customHandler.enableForwardingHttpRequest to true in host.json. ${onAzure('Invalid HttpResponseMessage:')}`,
  }),
);

export const httpOutputUnusable = defineError(
  'HTTP_OUTPUT_UNUSABLE',
  'worker',
  (facts: { field: string; got: string; expected: string }) => ({
    message: `The HTTP output cannot be used: ${facts.field} is ${facts.got}, expected ${facts.expected}.`,
    hint: `A good reply: ${SAMPLE_REPLY}. ${onAzure('Failed while trying to Deserialize to httpOutputBindingResponse. Output is not in expected format')}`,
  }),
);

export const httpStatusOutOfRange = defineError('HTTP_STATUS_OUT_OF_RANGE', 'worker', (facts: { field: string; status: number }) => ({
  message: `${facts.field} is ${facts.status}, which is no status that ends a request.`,
  hint: 'Use 200 to 599. On Azure the function succeeds and the caller never gets an answer.',
}));

// Bindings: one invocation fails.

type PropertyPlace = { readonly binding: string; readonly property: string };

const MOST_NAMES = 20;

export const expressionWithoutValue = defineError(
  'EXPRESSION_WITHOUT_VALUE',
  'config',
  (
    facts: PropertyPlace & {
      expression: string;
      name: string;
      within: string | undefined;
      known: readonly string[];
      nearest: string | undefined;
    },
  ) => {
    const owner = facts.within === undefined ? 'the data of this event' : `"${facts.within}"`;
    const names = `${facts.known.slice(0, MOST_NAMES).join(', ')}${facts.known.length > MOST_NAMES ? ', …' : ''}`;
    const azure =
      facts.within === undefined
        ? `No value for named parameter '${facts.name}'.`
        : `Error while accessing '${facts.name}': property doesn't exist.`;
    return {
      message: `{${facts.expression}} in "${facts.property}" of the binding "${facts.binding}" has no value: ${owner} has no "${facts.name}".`,
      hint: `${facts.nearest ? `Did you mean "${facts.nearest}"? ` : ''}${facts.known.length === 0 ? 'It has no names at all.' : `It has ${names}.`} ${onAzure(azure)}`,
    };
  },
);

export const expressionFormatInvalid = defineError(
  'EXPRESSION_FORMAT_INVALID',
  'config',
  (facts: PropertyPlace & { expression: string; format: string }) => ({
    message: `{${facts.expression}} in "${facts.property}" of the binding "${facts.binding}" has no value: "${facts.format}" is no format for it.`,
    hint: `Dates take the formats of .NET, such as yyyy-MM-dd; GUIDs take N, D, B, P and X. ${onAzure('Input string was not in a correct format.')}`,
  }),
);

export const outputNotAnObject = defineError('OUTPUT_NOT_AN_OBJECT', 'worker', (facts: { output: string; got: string }) => ({
  message: `The output "${facts.output}" is ${facts.got}, but what it is bound to takes objects only.`,
  hint: `Write {"Outputs":{"${facts.output}":{ ... }}}, or an array of objects. On Azure the invocation fails as well, without a word about the output.`,
}));

export const outputNotJson = defineError('OUTPUT_NOT_JSON', 'worker', (facts: { output: string; reason: string }) => ({
  message: `The output "${facts.output}" is text that begins and ends like JSON, but cannot be read as such: ${facts.reason}.`,
  hint: 'Mend it, or let it begin or end with something else than a brace or a bracket. On Azure the invocation fails as well.',
}));

export const bindingsFailed = defineError(
  'BINDINGS_FAILED',
  'internal',
  ({ functionName, reason, cause }: { functionName: string; reason: string; cause: unknown }) => ({
    message: `The inputs and outputs of ${functionName} cannot be made ready: ${reason}`,
    hint: 'This is a fault of Portico or of what it stands on. The invocation has failed; the handler was not called.',
    cause,
  }),
);

export const payloadTooLarge = defineError('PAYLOAD_TOO_LARGE', 'worker', (functionName: string) => ({
  message: `What ${functionName} is to get is too large for one payload: all of it together has to fit into one JSON text of 512 MB.`,
  hint: 'Give the handler names instead of contents, and let it read them; bytes grow by a third on the way.',
}));

export const inputFailed = defineError(
  'INPUT_FAILED',
  'service',
  ({ binding, type, reason, cause }: { binding: string; type: string; reason: string; cause: unknown }) => ({
    message: `The input "${binding}" (${type}) cannot be read: ${reason}`,
    hint: 'The handler was not called.',
    cause,
  }),
);

export const outputFailed = defineError(
  'OUTPUT_FAILED',
  'service',
  ({
    functionName,
    binding,
    type,
    reason,
    cause,
  }: {
    functionName: string;
    binding: string;
    type: string;
    reason: string;
    cause: unknown;
  }) => ({
    message: `${functionName} ran, but its output "${binding}" (${type}) cannot be written: ${reason}`,
    hint: 'The invocation has failed. What other outputs have written stays.',
    cause,
  }),
);

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

// Queues.

export const queueNameBoundWrong = defineError(
  'QUEUE_NAME_BOUND_WRONG',
  'config',
  ({ binding, written, bound }: { binding: string; written: string; bound: string }) => ({
    message: `"queueName" of the binding "${binding}" is "${written}", which makes "${bound}" of this event; that cannot be the name of a queue.`,
    hint: 'A name is 3 to 63 of a-z, 0-9 and "-", no "-" at either end and no two in a row; capitals become small letters.',
  }),
);

export const messageTooLarge = defineError(
  'MESSAGE_TOO_LARGE',
  'worker',
  (facts: { what: string; contentBytes: number; messageBytes: number; mostBytes: number; encoding: string }) => ({
    message: `${facts.what} is ${facts.contentBytes} bytes, which makes ${facts.messageBytes} in the queue (messageEncoding "${facts.encoding}"); a message may have ${facts.mostBytes}.`,
    hint: 'Nothing was sent. Write the content to a blob, and its name to the queue.',
  }),
);

export const messageNotText = defineError('MESSAGE_NOT_TEXT', 'worker', ({ what }: { what: string }) => ({
  message: `${what} holds bytes or characters that a message of text cannot, and messageEncoding in host.json is "none".`,
  hint: 'Nothing was sent. Set extensions.queues.messageEncoding to "base64", for readers too, or send text.',
}));

export const queueNotFound = defineError(
  'QUEUE_NOT_FOUND',
  'service',
  (facts: { queue: string; nearest: string | undefined; cause: unknown }) => ({
    message: `There is no queue "${facts.queue}" in the storage account.`,
    hint:
      facts.nearest === undefined
        ? '"portico queue list" shows those there are. The first message makes one.'
        : `Did you mean "${facts.nearest}"?`,
    cause: facts.cause,
  }),
);

export const queueToolNameWrong = defineError('QUEUE_TOOL_NAME_WRONG', 'usage', (name: string) => ({
  message: `"${name}" cannot be the name of a queue.`,
  hint: 'A name is 3 to 63 of a-z, 0-9 and "-", no "-" at either end and no two in a row; capitals become small letters.',
}));

export const queueHasNoOrigin = defineError('QUEUE_HAS_NO_ORIGIN', 'usage', (name: string) => ({
  message: `"${name}" is neither a poison queue nor a queue that can have one.`,
  hint: 'Name the queue, such as "orders", or its poison queue, "orders-poison".',
}));

// Storage accounts.

export const storageUnreachable = defineError(
  'STORAGE_UNREACHABLE',
  'service',
  (facts: { failed: string; host: string; reason: string; advice: string; cause: unknown }) => ({
    message: `${facts.failed}: there is no connection to ${facts.host} (${facts.reason}).`,
    hint: facts.advice,
    cause: facts.cause,
  }),
);

export const storageRefused = defineError(
  'STORAGE_REFUSED',
  'service',
  (facts: { failed: string; host: string; status: number; code: string; advice: string; cause: unknown }) => ({
    message: `${facts.failed}: ${facts.host} answered ${facts.status} (${facts.code}).`,
    hint: facts.advice,
    cause: facts.cause,
  }),
);

export const storageApiVersion = defineError(
  'STORAGE_API_VERSION',
  'service',
  (facts: { failed: string; host: string; reason: string; cause: unknown }) => ({
    message: `${facts.failed}: the emulator at ${facts.host} is older than this program's storage library. ${facts.reason}`.trimEnd(),
    hint: 'azurite --skipApiVersionCheck',
    cause: facts.cause,
  }),
);

export const storageCredentialMissing = defineError(
  'STORAGE_CREDENTIAL_MISSING',
  'service',
  (facts: { failed: string; reason: string; cause: unknown }) => ({
    message: `${facts.failed}: Azure does not know who asks. ${facts.reason}`,
    hint: "On a developer's machine: az login. On Azure: give the app a managed identity. Elsewhere: set clientId, clientSecret and tenantId of the connection.",
    cause: facts.cause,
  }),
);

export const storageFailed = defineError(
  'STORAGE_FAILED',
  'service',
  (facts: { failed: string; answer: string; reason: string; cause: unknown }) => ({
    message: `${facts.failed}${facts.answer === '' ? '' : `: the answer was ${facts.answer}`}. ${facts.reason}`.trimEnd(),
    cause: facts.cause,
  }),
);

// Blobs.

export const blobPathUnusable = defineError(
  'BLOB_PATH_UNUSABLE',
  'config',
  (facts: { binding: string; path: string; reason: string; azure: string }) => ({
    message: `The path of the binding "${facts.binding}" is ${JSON.stringify(facts.path)} for this event, which ${facts.reason}.`,
    hint: `What its expressions stand for comes from the event: check that. ${onAzure(facts.azure)}`,
  }),
);

export const blobTooLarge = defineError(
  'BLOB_TOO_LARGE',
  'service',
  (facts: { blob: string; bytes: number; limitBytes: number; kind: 'bytes' | 'text' }) => ({
    message: `The blob "${facts.blob}" has ${facts.bytes} bytes, and as ${facts.kind} a handler can be given ${facts.limitBytes} at most.`,
    hint: 'A payload is one JSON text, and such a text has an end. Let the handler read the blob itself: "Uri" in Metadata says where it is, and {blobTrigger} its path. Azure has no such limit, but holds the blob in memory several times.',
  }),
);

export const blobTypeWrong = defineError('BLOB_TYPE_WRONG', 'service', (facts: { blob: string; found: string }) => ({
  message: `The blob "${facts.blob}" is of type ${facts.found}, and an output writes block blobs.`,
  hint: 'Write to another name, or remove that blob first.',
}));

export const blobNotGiven = defineError('BLOB_NOT_GIVEN', 'config', (functionName: string) => ({
  message: `${functionName} needs a blob to run for, and none was named.`,
  hint: 'Give its path as the input: {"input":"container/name"}.',
}));

export const blobNotFound = defineError('BLOB_NOT_FOUND', 'service', (blob: string, account: string) => ({
  message: `There is no blob "${blob}" in the storage account ${account}.`,
  hint: 'The input is "container/name", and the names of blobs count case.',
}));

// What the host remembers.

/** Rights would not help: a file is where a folder has to be, or the other way round. */
const IN_THE_WAY: readonly unknown[] = ['EEXIST', 'ENOTDIR', 'EISDIR'];

export const stateUnwritable = defineError('STATE_UNWRITABLE', 'service', (place: string, cause: unknown) => ({
  message: `What the host remembers cannot be written to ${place}: ${messageOf(cause)}.`,
  hint: adviceForWriting((cause as { readonly code?: unknown } | undefined)?.code),
  cause,
}));

function adviceForWriting(code: unknown): string {
  if (IN_THE_WAY.includes(code)) return 'Something else has that name, or that of a folder above it: move it away.';
  if (code === 'ENOENT') return 'The folder of the app is no longer there: start the host where it is now.';
  return 'Let this user write there. In a read-only container, point XDG_STATE_HOME to a folder that can be written to, or set AzureWebJobsStorage to a storage account.';
}

export const stateDiskFull = defineError('STATE_DISK_FULL', 'service', (file: string, cause: unknown) => ({
  message: `What the host remembers cannot be written to ${file}: the disk is full (${messageOf(cause)}).`,
  hint: 'Make room on it. Until then timers and blob triggers stand still, because nobody could tell afterwards what they ran.',
  cause,
}));

export const stateLocked = defineError('STATE_LOCKED', 'service', (file: string, waitedMs: number, cause: unknown) => ({
  message: `Another program holds ${file} for longer than ${waitedMs} ms (${messageOf(cause)}).`,
  hint: `Close the program that has it open, such as a database browser: lsof ${file}`,
  cause,
}));

export const stateBroken = defineError('STATE_BROKEN', 'service', (file: string, keptAs: string, cause: unknown) => ({
  message: `What the host remembered in ${file} cannot be read (${messageOf(cause)}), so it begins anew: timers take up their schedule from now on, and blobs that were handled may be handled again.`,
  hint: `The old file is kept as ${keptAs}; delete it when nobody misses anything.`,
  cause,
}));

export const stateFailed = defineError('STATE_FAILED', 'service', (file: string, cause: unknown) => ({
  message: `What the host remembers in ${file} cannot be used: ${messageOf(cause)}.`,
  hint: 'If it stays so, stop the host and move the file away: it begins anew then.',
  cause,
}));

export const keysReadOnly = defineError('KEYS_READ_ONLY', 'config', (place: string, reason: string) => ({
  message: `The keys in ${place} cannot be changed here.`,
  hint: reason,
}));

export const keyStoreUnknown = defineError('KEY_STORE_UNKNOWN', 'config', (setting: string, value: string, hint: string) => ({
  message: `Keys cannot be kept in what ${setting} says: ${JSON.stringify(value)}.`,
  hint,
}));

export const keysUnreadable = defineError('KEYS_UNREADABLE', 'service', (place: string, cause: unknown) => ({
  message: `The keys in ${place} cannot be read: ${messageOf(cause)}.`,
  hint: adviceForReading((cause as { readonly code?: unknown } | undefined)?.code),
  cause,
}));

function adviceForReading(code: unknown): string {
  if (IN_THE_WAY.includes(code)) return 'Something else has that name, or that of a folder above it: move it away.';
  if (code === 'ENOENT') return 'Put it there, or choose another place for keys with AzureWebJobsSecretStorageType.';
  return 'Let this user read there.';
}

export const keysUnwritable = defineError('KEYS_UNWRITABLE', 'service', (place: string, cause: unknown) => ({
  message: `Keys cannot be written to ${place}: ${messageOf(cause)}.`,
  hint: adviceForWritingKeys((cause as { readonly code?: unknown } | undefined)?.code),
  cause,
}));

function adviceForWritingKeys(code: unknown): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'Make room on its disk. The keys that are there are as they were.';
  if (IN_THE_WAY.includes(code)) return 'Something else has that name, or that of a folder above it: move it away.';
  return 'Let this user write there, put keys there by hand, or choose another place for keys with AzureWebJobsSecretStorageType. The keys that are there are as they were.';
}

export const keysContested = defineError('KEYS_CONTESTED', 'service', (place: string, reason: string) => ({
  message: `The keys in ${place} could not be changed: ${reason}.`,
  hint: 'They are as they were: try again. If it stays so, end the other program that writes there.',
}));

export const keysInvalid = defineError('KEYS_INVALID', 'config', (file: string, reason: string) => ({
  message: `The keys in ${file} cannot be understood: ${reason}.`,
  hint: 'Mend it, or move it away: new keys are made then. As long as it is there it is left as it is, and none of its keys opens anything.',
}));

export const keysBroken = defineError('KEYS_BROKEN', 'service', (file: string, reason: string, keptAs: string) => ({
  message: `The keys in ${file} cannot be understood (${reason}), so new ones are made: those that callers have open nothing any more.`,
  hint: `The old file is kept as ${keptAs}. To have its keys back, stop the host, mend the file and give it its name again.`,
}));

export const keysSealed = defineError('KEYS_SEALED', 'config', (file: string, reason: string) => ({
  message: `The keys in ${file} are encrypted and cannot be opened: ${reason}.`,
  hint: 'Set AzureWebEncryptionKey to what it was when they were made. If nobody knows it any more, move the file away: new keys are made then.',
}));

export const keyEncrypted = defineError('KEY_ENCRYPTED', 'config', (file: string, key: string) => ({
  message: `The key "${key}" in ${file} is encrypted by Azure's host, so it opens nothing here; the other keys do.`,
  hint: `Set it anew (portico keys set), or copy its value from the portal into the file, with "encrypted": false.`,
}));

export const keysOfNobody = defineError('KEYS_OF_NOBODY', 'config', (functionName: string) => ({
  message: `${JSON.stringify(functionName)} cannot be the name of a function, so it has no keys.`,
  hint: 'A name is a letter, then letters, digits, "_" and "-", and it is not "host".',
}));

export const keysShadowed = defineError('KEYS_SHADOWED', 'config', (ignored: string, used: string) => ({
  message: `The keys in ${ignored} open nothing: ${used} is of the same function, and counts.`,
  hint: "Azure's keys API wrote the one and its host reads the other. Move the keys that are missing to the latter, and the former away.",
}));

export const keysExposed = defineError('KEYS_EXPOSED', 'config', (file: string) => ({
  message: `Other users of this machine may read the keys in ${file}.`,
  hint: `Close it (chmod 600 ${file}), and make new keys if anybody else works on this machine.`,
}));

export const keysStayOpen = defineError('KEYS_STAY_OPEN', 'service', (file: string, cause: unknown) => ({
  message: `AzureWebEncryptionKey is set, but the keys in ${file} were written without it and cannot be encrypted now: ${messageOf(cause)}`,
  hint: 'Let this user write there, or move the file away: new keys are made then.',
  cause,
}));

export const keyVariableUnknown = defineError('KEY_VARIABLE_UNKNOWN', 'config', (name: string, reason: string) => ({
  message: `The variable ${name} gives no key: ${reason}.`,
  hint: 'Write PORTICO_KEYS__HOST__MASTER, PORTICO_KEYS__HOST__FUNCTION__NAME, PORTICO_KEYS__HOST__SYSTEM__NAME or PORTICO_KEYS__FUNCTIONS__FUNCTION__NAME.',
}));

export const kubernetesFailed = defineError(
  'KUBERNETES_FAILED',
  'service',
  (facts: { failed: string; reason: string; advice: string; cause?: unknown }) => ({
    message: `${facts.failed}: ${facts.reason}.`,
    hint: facts.advice,
    cause: facts.cause,
  }),
);

export const stateClosed = defineError('STATE_CLOSED', 'internal', () => ({
  message: 'What the host remembers was asked for after it was closed.',
}));

// Tables.

type TableRowPlace = { readonly output: string; readonly table: string; readonly row: string };

export const tableNameUnusable = defineError('TABLE_NAME_UNUSABLE', 'config', (facts: { binding: string; table: string }) => ({
  message: `The table of the binding "${facts.binding}" is ${JSON.stringify(facts.table)} for this event, which cannot be the name of a table.`,
  hint: `It is 3 to 63 letters and digits, and a letter comes first. What its expressions stand for comes from the event: check that. ${onAzure(`'${facts.table}' is not a valid name for an Azure table`)}`,
}));

export const tableMissing = defineError(
  'TABLE_MISSING',
  'service',
  (facts: { binding: string; table: string; account: string; cause: unknown }) => ({
    message: `The input "${facts.binding}" cannot read the table "${facts.table}": there is none of that name in the storage account ${facts.account}.`,
    hint: `az storage table create --name ${facts.table} --connection-string "..." makes it, and so does the first row that a table output writes. ${onAzure('The table specified does not exist.')}`,
    cause: facts.cause,
  }),
);

export const tableFilterValueUnusable = defineError(
  'TABLE_FILTER_VALUE_UNUSABLE',
  'config',
  (facts: { binding: string; expression: string }) => ({
    message: `{${facts.expression}} in "filter" of the binding "${facts.binding}" stands without quotes, and its value is neither a number nor true or false.`,
    hint: `Put quotes around it if it is text: '{${facts.expression}}'. ${onAzure(`An invalid parameter value was specified for filter parameter '${facts.expression}'.`)}`,
  }),
);

export const tableFilterRefused = defineError(
  'TABLE_FILTER_REFUSED',
  'config',
  (facts: { binding: string; table: string; filter: string; cause: unknown }) => ({
    message: `The input "${facts.binding}" cannot read the table "${facts.table}": the service does not understand its filter ${JSON.stringify(facts.filter)}.`,
    hint: "Compare a property with a value: Name eq 'Ada', Age gt 36, Big eq 5L, Born lt datetime'2024-01-31T00:00:00Z'; join such with and, or, not. https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities",
    cause: facts.cause,
  }),
);

export const tableInputTooLarge = defineError(
  'TABLE_INPUT_TOO_LARGE',
  'service',
  (facts: { binding: string; table: string; rowCount: number; limitCharacters: number }) => ({
    message: `The input "${facts.binding}" reads too much of the table "${facts.table}": its first ${facts.rowCount} rows have more than ${facts.limitCharacters} characters as JSON, and there are others.`,
    hint: 'Name a partition, or say which rows with "filter" or how many with "take". Azure has no such limit, but holds all of it in memory several times.',
  }),
);

export const tableKeyAbsent = defineError('TABLE_KEY_ABSENT', 'worker', (facts: TableRowPlace & { key: string }) => ({
  message: `${facts.row} of the output "${facts.output}" to the table "${facts.table}" has no ${facts.key}: neither the row nor the binding says one.`,
  hint: `Put "${facts.key}" into the row, or "${facts.key.replace(/^./, (letter) => letter.toLowerCase())}" into the binding; expressions may stand there. Nothing was written.`,
}));

export const tableKeyNotText = defineError('TABLE_KEY_NOT_TEXT', 'worker', (facts: TableRowPlace & { key: string; got: string }) => ({
  message: `${facts.key} of ${facts.row.toLowerCase()} of the output "${facts.output}" to the table "${facts.table}" is ${facts.got}, but it has to be text.`,
  hint: `Write it in quotes: {"${facts.key}":"7"}. Nothing was written. On Azure the invocation fails as well.`,
}));

export const tableKeyUnusable = defineError(
  'TABLE_KEY_UNUSABLE',
  'worker',
  (facts: TableRowPlace & { key: string; text: string; reason: string }) => ({
    message: `${facts.key} of ${facts.row.toLowerCase()} of the output "${facts.output}" to the table "${facts.table}" is ${JSON.stringify(facts.text)}, and no row can have that key: it ${facts.reason}.`,
    hint: `Keys hold no "/", "\\", "#" or "?" and no control characters; encodeURIComponent makes one of any text. Nothing was written. ${onAzure('is not a valid value for a partition key or row key.')}`,
  }),
);

export const tableNumberTooLarge = defineError('TABLE_NUMBER_TOO_LARGE', 'worker', (facts: TableRowPlace & { property: string }) => ({
  message: `"${facts.property}" in ${facts.row.toLowerCase()} of the output "${facts.output}" to the table "${facts.table}" is a whole number of more than 64 bits, which no table holds.`,
  hint: 'Write it as text. Nothing was written.',
}));

type TableRowFailure = {
  readonly binding: string;
  readonly table: string;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly writtenCount: number;
  readonly rowCount: number;
  readonly cause: unknown;
};

function describeRow({ binding, table, partitionKey, rowKey }: TableRowFailure): string {
  return `The output "${binding}" cannot write the row with PartitionKey ${JSON.stringify(partitionKey)} and RowKey ${JSON.stringify(rowKey)} to the table "${table}"`;
}

const writtenBefore = ({ writtenCount, rowCount }: TableRowFailure): string =>
  rowCount === 1 ? '' : ` ${writtenCount} of ${rowCount} rows are written.`;

export const tableRowExists = defineError('TABLE_ROW_EXISTS', 'service', (facts: TableRowFailure) => ({
  message: `${describeRow(facts)}: it is there already.${writtenBefore(facts)}`,
  hint: `Add "ETag": "*" to the row to replace what is there. ${onAzure('The specified entity already exists.')}`,
  cause: facts.cause,
}));

export const tableRowChanged = defineError('TABLE_ROW_CHANGED', 'service', (facts: TableRowFailure) => ({
  message: `${describeRow(facts)}: what is there has another ETag, so somebody has written it since.${writtenBefore(facts)}`,
  hint: `Read it anew, or write "ETag": "*" to replace it whatever it is. ${onAzure('The update condition specified in the request was not satisfied.')}`,
  cause: facts.cause,
}));

export const tableRowMissing = defineError('TABLE_ROW_MISSING', 'service', (facts: TableRowFailure) => ({
  message: `${describeRow(facts)}: its ETag says which version to replace, but there is no such row.${writtenBefore(facts)}`,
  hint: `Leave "ETag" out to insert the row, or write "*". ${onAzure('The specified resource does not exist.')}`,
  cause: facts.cause,
}));

// Timers.

export const timerStandsStill = defineError(
  'TIMER_STANDS_STILL',
  'service',
  ({ functionName, cause }: { functionName: string; cause: unknown }) => ({
    message: `The timer ${functionName} stands still: ${messageOf(cause)}`,
    hint: [
      cause instanceof HostError && cause.hint,
      'Without its lock nobody knows whether another host runs it.',
      // What is written wrong does not mend itself.
      !(cause instanceof HostError && cause.kind === 'config') && 'It goes on by itself when that can be asked again.',
    ]
      .filter(Boolean)
      .join(' '),
    cause,
  }),
);

export const timerStatusUnreadable = defineError('TIMER_STATUS_UNREADABLE', 'service', (path: string, fault: string) => ({
  message: `The status of a timer at ${path} cannot be read: ${fault}.`,
  hint: 'It counts as none and is written anew. A run that was missed before is not made up for.',
}));

export const timerStatusNotKept = defineError(
  'TIMER_STATUS_NOT_KEPT',
  'service',
  ({ functionName, cause }: { functionName: string; cause: unknown }) => ({
    message: `The status of the timer ${functionName} cannot be kept: ${messageOf(cause)}`,
    hint: `${(cause instanceof HostError && cause.hint) || ''} The timer runs on. A host that starts before the next status is kept takes its last run for missed.`.trim(),
    cause,
  }),
);

// The storage emulator.

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

// A running host, as the commands that speak to one find it.

export const hostNotFound = defineError('HOST_NOT_FOUND', 'service', (url: string, cause: unknown) => ({
  message: `No host answers at ${url}: ${messageOf(cause)}.`,
  hint: 'Start it with "portico start", or say where it is with --port or --url.',
  cause,
}));

export const hostCertificateUnknown = defineError('HOST_CERTIFICATE_UNKNOWN', 'service', (url: string, cause: unknown) => ({
  message: `The certificate of ${url} is not trusted: ${messageOf(cause)}.`,
  hint: 'Name the file of its authority in NODE_EXTRA_CA_CERTS; "portico start --https" says which that is.',
  cause,
}));

export const hostRefuses = defineError('HOST_REFUSES', 'service', (url: string, status: number, reason: string) => ({
  message: `The host at ${url} does not let this command in: the answer was ${status}.`,
  hint:
    reason || 'Give its master key with --key or in the variable PORTICO_KEY; beside the app, "portico keys list master --show" shows it.',
}));

export const hostAnswerUnknown = defineError('HOST_ANSWER_UNKNOWN', 'service', (request: string, status: number) => ({
  message: `${request} was answered with ${status}, as no host of functions answers.`,
  hint: 'Something else may listen there: check --port or --url.',
}));

export const functionNotThere = defineError(
  'FUNCTION_NOT_THERE',
  'usage',
  (name: string, url: string, nearest: string | undefined, known: readonly string[]) => ({
    message: `The host at ${url} has no function "${name}".`,
    hint: nearest ? `Did you mean ${nearest}?` : known.length === 0 ? 'It has no functions at all.' : `It has ${known.join(', ')}.`,
  }),
);

export const functionBroken = defineError('FUNCTION_BROKEN', 'config', (name: string, reasons: readonly string[]) => ({
  message: `The function "${name}" cannot run: ${reasons.join(' ')}`,
  hint: 'Mend that; the host reads the file again by itself.',
}));

export const functionDisabled = defineError('FUNCTION_DISABLED', 'config', (name: string) => ({
  message: `The function "${name}" is disabled, and its address is answered with 404.`,
  hint: `Remove the setting AzureWebJobs.${name}.Disabled, or set it to false.`,
}));

export const routeNeedsValues = defineError('ROUTE_NEEDS_VALUES', 'usage', (name: string, url: string) => ({
  message: `"${name}" has a route with parameters, whose values nobody has given: ${url}`,
  hint: 'Call that address with a tool such as curl, with values in place of the braces.',
}));

export const dataNotTaken = defineError('DATA_NOT_TAKEN', 'usage', (name: string, methods: readonly string[]) => ({
  message: `"${name}" answers ${methods.join(' and ')} alone, and such a request has no body for --data.`,
  hint: 'Leave --data out, or allow another method in function.json.',
}));

// The library.

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
