// Every command and flag, declared once. The parser, the help, shell completion and docs/reference/cli.md read these tables.
// The spellings of `func start` that are accepted besides stand in func-spellings.ts and nowhere in the documentation.

export type Flag = {
  /** What stands for its value in the help. A flag without one is a switch. */
  readonly value?: string;
  readonly doc: string;
  /** In words, for the help; what it does lies with whoever reads the flag. */
  readonly default?: string;
  /** May be given several times; every value counts. Of the others the last one counts. */
  readonly repeatable?: true;
  /** A second one is a mistake. */
  readonly once?: true;
  readonly completes?: 'file' | 'folder' | readonly string[];
};

export const START_FLAGS = {
  port: {
    value: 'N|auto',
    default: '7071, or Host.LocalHttpPort of local.settings.json',
    doc: 'Port to listen on; auto takes the first free one from 7071 up, 0 any free one.',
  },
  address: {
    value: 'A',
    default: '127.0.0.1, or Host.LocalHttpAddress',
    doc: 'Address to listen on. Beyond loopback callers are asked for keys.',
  },
  functions: { value: 'A,B', default: 'all', repeatable: true, doc: 'Load only these functions.' },
  cors: {
    value: 'ORIGINS',
    default: 'none, or Host.CORS',
    repeatable: true,
    doc: 'Origins whose pages may call the functions, with commas between them; * is all.',
  },
  'cors-credentials': { doc: 'Let those pages send cookies and credentials.' },
  https: { doc: 'Serve HTTPS, with a certificate made on this machine unless --cert names one.' },
  cert: {
    value: 'FILE',
    completes: 'file',
    doc: 'Certificate and key for HTTPS: a PFX file, or PEM with the key in it or beside it. Implies --https.',
  },
  password: { value: 'P', doc: 'Password of the certificate file.' },
  auth: { default: 'beyond loopback', doc: 'Ask callers for keys, those on this machine as well; "portico keys" shows them.' },
  'no-auth': { doc: 'Ask nobody for a key: whoever reaches the port may call every function and the admin API.' },
  as: {
    value: 'USER[,role=NAME]',
    default: 'nobody',
    doc: "Every request is this user's, as if the platform had signed it in: a name or an e-mail address, and any number of roles. For tests, on loopback only.",
  },
  'client-cert': {
    value: 'FILE|ask',
    default: 'none',
    completes: 'file',
    doc: 'Every request comes with the certificate in this PEM or DER file, as X-ARR-ClientCert; for tests, on loopback only. With ask, and --https, callers are asked for theirs instead; the handler judges who signed it.',
  },
  'xff-style': {
    value: 'plain|azure',
    default: 'plain',
    completes: ['plain', 'azure'],
    doc: "What X-Forwarded-For gains: the caller's address, or address:port as on Azure.",
  },
  verbose: { doc: 'Show everything, down to level debug.' },
  quiet: { doc: 'Show only warnings, errors and failed requests.' },
  log: {
    value: 'CATEGORY=LEVEL',
    repeatable: true,
    doc: 'Least level shown of a category and those below it; default=LEVEL is for the rest.',
  },
  json: { doc: 'Write one JSON object per event and line (docs/reference/ndjson.md).' },
  'ready-file': {
    value: 'FILE',
    completes: 'file',
    doc: 'Write url, port and process ids to this JSON file when ready; remove it on stop.',
  },
  watch: { default: 'in a terminal', doc: 'Reload the handler when its sources change, without a request failing.' },
  'no-watch': { doc: 'Reload only what the host itself reads.' },
  build: {
    value: 'COMMAND',
    default: 'with --watch: build of portico.json',
    doc: 'Make the handler with this command before its start and before every reload.',
  },
  grace: {
    value: 'SECONDS',
    default: '30',
    doc: 'How long requests under way may go on when the host stops, or a process of the handler is replaced.',
  },
  attach: { value: 'PORT', doc: 'Use the handler that already listens on 127.0.0.1:PORT, such as one under a debugger; start none.' },
} as const satisfies Record<string, Flag>;

const APP_FLAG = {
  value: 'APP',
  completes: 'folder',
  default: 'the one around the current folder',
  doc: 'Folder of the app, or one below it.',
} as const satisfies Flag;

export const INVOKE_FLAGS = {
  data: {
    value: 'TEXT|@FILE|-',
    once: true,
    default: 'none',
    doc: 'What the function gets: a text, what is in a file, or what comes on standard input. For a queue that is the message, for a blob its path; for HTTP the body.',
  },
  watch: {
    doc: 'Run it again after every change of the app, or of that file, as soon as the host has taken the change over. Ctrl+C ends it.',
  },
  port: {
    value: 'N',
    default: '7071, or Host.LocalHttpPort of local.settings.json',
    doc: 'Port of the host on this machine.',
  },
  url: { value: 'URL', default: 'http on this machine', doc: 'Address of the host.' },
  key: {
    value: 'KEY',
    default: 'the variable PORTICO_KEY; for a host on this machine, the keys of the app',
    doc: 'Master key of the host, if it asks for keys. The variable keeps it out of the list of processes.',
  },
  app: APP_FLAG,
  json: {
    doc: 'Write one JSON object per run: functionName, outcome, durationMs; invocationId, error (code, message, hint), status and body (or bodyBase64) where there is one.',
  },
} as const satisfies Record<string, Flag>;

export const QUEUE_FLAGS = {
  connection: {
    value: 'NAME',
    default: 'AzureWebJobsStorage',
    doc: 'App setting, or group of settings, that says which storage account; the emulator where it is not set.',
  },
  count: {
    value: 'N',
    default: '10 for peek, all for replay',
    doc: 'How many messages to show (32 at most), or to put back.',
  },
  yes: { doc: 'Purge without asking.' },
  app: { ...APP_FLAG, doc: 'Folder of the app whose settings and host.json count, or one below it.' },
  json: { doc: 'Write JSON: one object per message or queue, or one that says how many messages it was.' },
} as const satisfies Record<string, Flag>;

export const KEYS_FLAGS = {
  show: { doc: 'List the values of the keys as well.' },
  yes: { doc: 'Revoke without asking.' },
  app: { ...APP_FLAG, doc: 'Folder of the app whose keys they are, or one below it.' },
  json: { doc: 'Write JSON: one object per key, or one that says what was done.' },
} as const satisfies Record<string, Flag>;

export const CONFIG_FLAGS = {
  origin: { doc: 'Say where each value comes from, with its line, and what does not count because of it.' },
  'show-secrets': { doc: 'Show all values as they are. Without it *** stands for what looks like a secret.' },
  json: { doc: 'Write JSON: one object per setting, option and problem, with the origin of each.' },
} as const satisfies Record<string, Flag>;

export const GLOBAL_FLAGS = {
  help: { doc: 'Show help for a command.' },
  version: { doc: 'Print the version.' },
} as const satisfies Record<string, Flag>;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Command = {
  readonly argument?: string;
  readonly doc: string;
  readonly completes?: 'folder' | readonly string[];
  readonly flags?: Readonly<Record<string, Flag>>;
  /** What the first argument may be, and what follows it. */
  readonly actions?: Readonly<Record<string, Action>>;
};

export type Action = { readonly argument?: string; readonly doc: string; readonly completes?: 'folder' };

export const QUEUE_ACTIONS = {
  send: { argument: 'QUEUE TEXT|@FILE|-', doc: 'Send a message: a text, what is in a file, or what comes on standard input.' },
  peek: { argument: 'QUEUE', doc: 'Show the first messages, and leave them there.' },
  replay: { argument: 'QUEUE', doc: 'Put the messages of QUEUE-poison back into QUEUE; either name will do.' },
  purge: { argument: 'QUEUE', doc: 'Delete all messages. Asks before, unless --yes is given.' },
  list: { doc: 'Show all queues, with about how many messages each has.' },
} as const satisfies Record<string, Action>;

export const KEYS_ACTIONS = {
  list: {
    argument: '[OWNER]',
    doc: 'Show the keys of OWNER, or all of them; values with --show. Those that the app needs and does not have yet are made. OWNER is master (opens everything), host (every function), system (webhooks), or the name of a function: function:NAME where it is one of these words.',
  },
  create: {
    argument: 'OWNER [NAME]',
    doc: 'Make a key and print it. NAME is "default" where it is left out; one that is there gets a new value, and the old one opens nothing any more.',
  },
  set: {
    argument: 'OWNER NAME TEXT|@FILE|-',
    doc: 'Give a key this value: a text, what is in a file, or what comes on standard input. The last two keep it out of the list of processes.',
  },
  revoke: {
    argument: 'OWNER NAME',
    doc: 'Take a key away. Asks before, unless --yes is given. The master key cannot go; create makes a new one.',
  },
} as const satisfies Record<string, Action>;

export const CONFIG_ACTIONS = {
  show: {
    argument: '[APP]',
    doc: 'Show the app settings that the handler gets, and what the host makes of host.json. APP is the folder of the app, or one below it. Of the environment only what replaces something of a file, what the host reads itself and what functions name is shown.',
    completes: 'folder',
  },
} as const satisfies Record<string, Action>;

export const COMMANDS = {
  start: {
    argument: '[APP]',
    doc: 'Run the function app in the folder APP, or the one around the current folder.',
    completes: 'folder',
    flags: START_FLAGS,
  },
  invoke: {
    argument: 'NAME',
    doc: 'Run one function of a running host by hand, whatever triggers it.',
    flags: INVOKE_FLAGS,
  },
  queue: {
    argument: 'ACTION',
    doc: 'Look after the storage queues of an app.',
    completes: Object.keys(QUEUE_ACTIONS),
    flags: QUEUE_FLAGS,
    actions: QUEUE_ACTIONS,
  },
  keys: {
    argument: 'ACTION',
    doc: 'Show and change the keys of an app, while it runs as well.',
    completes: Object.keys(KEYS_ACTIONS),
    flags: KEYS_FLAGS,
    actions: KEYS_ACTIONS,
  },
  config: {
    argument: 'ACTION',
    doc: 'Show the settings of an app, and where they come from.',
    completes: Object.keys(CONFIG_ACTIONS),
    flags: CONFIG_FLAGS,
    actions: CONFIG_ACTIONS,
  },
  completion: { argument: SHELLS.join('|'), doc: 'Print the completion script of a shell.', completes: SHELLS },
  help: { argument: '[COMMAND]', doc: 'Show help for a command.', completes: ['start', 'invoke', 'queue', 'keys', 'config', 'completion'] },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;

type ValueOf<F extends Flag> = F extends { value: string } ? (F extends { repeatable: true } ? readonly string[] : string) : true;

/** As typed. */
type FlagsOf<Table extends Readonly<Record<string, Flag>>> = { readonly [Name in keyof Table]?: ValueOf<Table[Name]> };

export type StartFlags = FlagsOf<typeof START_FLAGS>;
export type InvokeFlags = FlagsOf<typeof INVOKE_FLAGS>;
export type QueueFlags = FlagsOf<typeof QUEUE_FLAGS>;
export type KeysFlags = FlagsOf<typeof KEYS_FLAGS>;
export type ConfigFlags = FlagsOf<typeof CONFIG_FLAGS>;
