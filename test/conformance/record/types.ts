// What a scenario file says, as types. README.md explains each word.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type HeaderPair = [name: string, value: string];

/** Bytes described in a way that stays readable in a scenario file. */
export type Content = {
  text?: string;
  json?: unknown;
  base64?: string;
  latin1?: string;
  fill?: { bytes: number; text?: string };
};

export type Pause = { pauseMs: number };
export type WaitForText = { waitForText: string; timeoutMs?: number };
/** One thing to do on the wire, in order. */
export type Part = Buffer | Pause | WaitForText;

export type HttpRequest = {
  method?: string;
  target: string;
  headers?: HeaderPair[];
  body?: string | Content;
  chunks?: (Content & Partial<Pause>)[];
  trailers?: HeaderPair[];
  timeoutMs?: number;
  abortAfterMs?: number;
};

export type RawRequest = {
  raw: string | (string | Content | Pause | WaitForText)[];
  methods?: string[];
  answers?: number;
  timeoutMs?: number;
  lingerMs?: number;
};

export type WaitForHandler = { path?: string; count?: number; timeoutMs?: number };

export type StorageStep =
  | 'queuePut'
  | 'queueCreate'
  | 'queueRead'
  | 'queueLength'
  | 'blobPut'
  | 'blobGet'
  | 'blobList'
  | 'tablePut'
  | 'tableRead';

/** One thing to do; exactly one of these words. */
export type Step = Partial<RawRequest> & {
  http?: HttpRequest;
  parallel?: Step[];
  sleepMs?: number;
  waitForHandler?: WaitForHandler;
  waitForExit?: { timeoutMs?: number };
  makeFolder?: string;
  writeFile?: { path: string; text: string };
  removeFile?: { path: string };
  readFile?: { path: string };
} & { [name in StorageStep]?: StorageArguments };

export type StorageArguments = Content & {
  queue?: string;
  encoding?: 'none';
  container?: string;
  name?: string;
  contentType?: string;
  metadata?: Record<string, string>;
  prefix?: string;
  waitFor?: string;
  details?: boolean;
  table?: string;
  entities?: Json[];
  count?: number;
  timeoutMs?: number;
};

/** Text, { text, mode }, { base64 }, or an object that is written as JSON. */
type FileContent = string | { [key: string]: unknown };

export type App = {
  /** An object, text as it is, or null for no file at all. */
  hostJson?: string | Record<string, unknown> | null;
  functions?: Record<string, FileContent>;
  files?: Record<string, FileContent>;
  secrets?: Record<string, FileContent>;
  env?: Record<string, string>;
  auth?: boolean;
  masterKey?: string;
  storage?: boolean;
  bundle?: boolean;
  before?: Step[];
  ready?: { kind?: 'handler' | 'status' | 'tcp' | 'exit'; timeoutMs?: number };
};

/** The rules are read by the handler; the recorder looks at their pauses only. */
export type Rule = { when?: Record<string, unknown>; reply?: { delayMs?: number } & Record<string, unknown> };
export type StartPlan = { listenAfterMs?: number } & Record<string, unknown>;

export type Scenario = {
  id: string;
  about: string;
  tags: string[];
  app: string | App;
  steps: Step[];
  rules: Rule[];
  start?: StartPlan[];
  /** One of its group that was recorded before it and left something behind: it is performed with it. */
  follows?: string;
  fresh?: boolean;
  timeoutMs?: number;
  settleMs?: number;
  unordered?: boolean;
  keep?: { path?: string; count?: number };
  scrub?: [pattern: string, name: string][];
};

/** Scenarios that share one host process. */
export type Group = { name: string; app: App; own: boolean; scenarios: Scenario[] };

/** What one exchange with the host brought back. */
export type Answer = {
  status?: number;
  statusText?: string;
  httpVersion?: string;
  rawHeaders?: HeaderPair[];
  body?: string;
  trailers?: HeaderPair[];
  truncated?: boolean;
  unparsed?: string;
  failure?: string;
  streamedMs?: number;
  [more: string]: unknown;
};

/** A line that the handler wrote down. */
export type HandlerRecord = {
  kind: string;
  scenario: string | null;
  at: number;
  url?: string;
  pid?: number;
  port?: number;
  rawHeaders?: HeaderPair[];
  env?: Record<string, string>;
  [more: string]: unknown;
};

/** What the steps of a scenario found. */
export type StepResults = Record<'callerGot' | 'queues' | 'blobs' | 'tables' | 'files' | 'notes', unknown[]>;
