// From the flags of `portico start` to what the host and its output need. A value that cannot be is an error that says what can.

import type { LocalPrincipal } from '../core/authorization.ts';
import { flagNeedsAnother, flagsContradict, flagValueWrong } from '../core/errors/command-line.ts';
import { noPortFree } from '../core/errors/start-command.ts';
import { LOG_LEVELS } from '../core/log.ts';
import type { HostOptions } from '../host/create-host.ts';
import { isPortFree } from '../platform/ports.ts';
import { printable } from './console-reporter.ts';
import type { StartFlags } from './flags.ts';
import type { Levels, Verbosity } from './log-filter.ts';

export const DEFAULT_ADDRESS = '127.0.0.1';
const FIRST_PORT = 7071;
const LAST_PORT = 65535;
/** A day: whoever waits longer means milliseconds. */
const LONGEST_GRACE_S = 86_400;

type FlagOptions = Pick<
  HostOptions,
  'port' | 'address' | 'auth' | 'user' | 'functions' | 'cors' | 'attachPort' | 'xffStyle' | 'watch' | 'build' | 'graceMs'
>;

/** What stands in the flags themselves. Without a flag the option is absent, and local.settings.json or the host decides. */
export async function readHostOptions(flags: StartFlags, inTerminal: boolean): Promise<FlagOptions> {
  if (flags['cors-credentials'] && !flags.cors) throw flagNeedsAnother('--cors-credentials', '--cors');
  if (flags.watch && flags['no-watch']) throw flagsContradict('--watch', '--no-watch');
  if (flags.auth && flags['no-auth']) throw flagsContradict('--auth', '--no-auth');
  for (const name of ['watch', 'build'] as const) {
    // Somebody else starts that handler, so somebody else builds and reloads it.
    if (flags.attach !== undefined && flags[name]) throw flagsContradict('--attach', `--${name}`);
  }
  const { address = DEFAULT_ADDRESS } = flags;
  return {
    watch: flags.watch ?? (inTerminal && !flags['no-watch'] && flags.attach === undefined),
    ...(flags.build !== undefined && { build: flags.build }),
    ...(flags.grace !== undefined && { graceMs: parseSeconds('--grace', flags.grace) }),
    ...(flags.port !== undefined && { port: flags.port === 'auto' ? await firstFreePort(address) : parsePort('--port', flags.port, 0) }),
    ...(flags.address !== undefined && { address }),
    ...((flags.auth || flags['no-auth']) && { auth: flags.auth ?? false }),
    ...(flags.as !== undefined && { user: parseUser(flags.as) }),
    ...(flags.functions && { functions: flags.functions.flatMap(splitList) }),
    ...(flags.cors && {
      cors: { origins: flags.cors.flatMap(splitList).map(parseOrigin), credentials: flags['cors-credentials'] ?? false },
    }),
    ...(flags.attach !== undefined && { attachPort: parsePort('--attach', flags.attach, 1) }),
    ...(flags['xff-style'] !== undefined && { xffStyle: parseXffStyle(flags['xff-style']) }),
  };
}

export function readLevels({ log = [] }: StartFlags): Levels {
  return Object.fromEntries(log.flatMap(splitList).map(parseLevel));
}

export function readVerbosity({ quiet, verbose }: StartFlags): Verbosity {
  if (quiet && verbose) throw flagsContradict('--quiet', '--verbose');
  if (quiet) return 'quiet';
  return verbose ? 'verbose' : 'normal';
}

async function firstFreePort(address: string): Promise<number> {
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) if (await isPortFree(address, port)) return port;
  throw noPortFree(address, FIRST_PORT, LAST_PORT);
}

export function parsePort(flag: string, text: string, least: number): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= least && port <= LAST_PORT) return port;
  throw flagValueWrong(flag, text, `a number from ${least} to ${LAST_PORT}${least === 0 ? ', or auto' : ''}`);
}

function parseSeconds(flag: string, text: string): number {
  const seconds = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds <= LONGEST_GRACE_S) return seconds * 1000;
  throw flagValueWrong(flag, text, `a number of seconds from 0 to ${LONGEST_GRACE_S}`);
}

/** `alice@example.org,role=reader,role=writer`. */
function parseUser(text: string): LocalPrincipal {
  const [name = '', ...parts] = text.split(',').map((part) => part.trim());
  const roles = parts.map((part) => /^role=(.+)$/.exec(part)?.[1]?.trim() ?? '');
  if ([name, ...roles].every(isName)) return { name, roles };
  throw flagValueWrong('--as', text, 'a name or an e-mail address, and a role after each ",role=": alice@example.org,role=reader');
}

/** It goes into headers, percent-encoded. */
function isName(text: string): boolean {
  return text !== '' && text.isWellFormed() && printable(text) === text;
}

/** A browser compares origins letter by letter, so a path or a slash at the end would never match. */
function parseOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (text === '*' || text === origin) return text;
  throw flagValueWrong(
    '--cors',
    text,
    origin === 'null' ? '* or origins such as http://localhost:3000' : `an origin, without anything after it: ${origin}`,
  );
}

function parseXffStyle(text: string): 'plain' | 'azure' {
  if (text === 'plain' || text === 'azure') return text;
  throw flagValueWrong('--xff-style', text, 'plain or azure');
}

function parseLevel(entry: string): [category: string, level: Levels[string]] {
  const [, category, wanted] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
  const level = wanted && LOG_LEVELS.find((name) => name.startsWith(wanted.toLowerCase()));
  if (category && level) return [category.toLowerCase() === 'default' ? 'default' : category, level];
  throw flagValueWrong('--log', entry, `CATEGORY=LEVEL; a level is one of ${LOG_LEVELS.join(', ')}, or the beginning of one`);
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
