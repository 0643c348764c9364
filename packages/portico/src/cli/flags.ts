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
    doc: 'Address to listen on. Beyond loopback only together with --no-auth.',
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
  'no-auth': { doc: 'Allow an address beyond loopback although nothing asks callers for a key.' },
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
};

export const COMMANDS = {
  start: {
    argument: '[APP]',
    doc: 'Run the function app in the folder APP, or the one around the current folder.',
    completes: 'folder',
    flags: START_FLAGS,
  },
  completion: { argument: SHELLS.join('|'), doc: 'Print the completion script of a shell.', completes: SHELLS },
  help: { argument: '[COMMAND]', doc: 'Show help for a command.', completes: ['start', 'completion'] },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;

type ValueOf<F extends Flag> = F extends { value: string } ? (F extends { repeatable: true } ? readonly string[] : string) : true;

/** The flags of one `portico start`, as typed. */
export type StartFlags = { readonly [Name in keyof typeof START_FLAGS]?: ValueOf<(typeof START_FLAGS)[Name]> };
