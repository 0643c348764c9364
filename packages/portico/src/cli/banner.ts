// What stands at the top of the output: what runs, where to reach it, what was found wrong, and how the start went.
import { HTTP_METHODS } from '../config/function-options.ts';
import { formatProblem, type Problem } from '../core/problem.ts';
import type { FunctionSummary, ReadyReport } from '../host/create-host.ts';
import { invokeCommand, isInvoked } from './invoke-command.ts';
import type { Palette } from './palette.ts';
import type { Listening, NotReady } from './reporter.ts';

const MOST_NAMES = 10;
/** A longer one moves only the rest of its own line. */
const WIDEST_SOURCE = 40;

export function formatListening(run: Listening, palette: Palette): string {
  const { version, root, functions, problems, authorityFile } = run;
  const nameWidth = widest(functions.map(({ name }) => name));
  const describe = describer(run, palette);
  const rows = functions.map((each) => `  ${each.name.padEnd(nameWidth)}  ${describe(each)}`);
  const told = new Set(functions.flatMap(({ problem }) => (problem ? [formatProblem(problem)] : [])));
  const others = problems.filter((problem) => !told.has(formatProblem(problem)));
  const sections = [
    [`${palette.bold(`portico ${version}`)}  ${root}`],
    rows.length > 0 ? rows : ['  no functions'],
    [
      ...[...formatOpen(run, palette), ...formatKeys(run, palette), ...formatUser(run)].map((line) => `  ${line}`),
      ...(authorityFile === undefined ? [] : [`  https vouched for by ${authorityFile}: trust it once, or give it to curl --cacert`]),
    ],
    run.watching ? [palette.dim('  a change of the sources reloads the handler')] : [],
    others.map((problem) => `  ${formatMarked(problem, palette)}`),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** What --quiet leaves of the banner. */
export function formatWarnings(run: Listening, palette: Palette): string[] {
  return [...formatOpen(run, palette), ...run.problems.map((problem) => formatMarked(problem, palette))];
}

function formatOpen({ openUrls, keys, functions }: Listening, palette: Palette): string[] {
  if (openUrls === undefined || keys !== undefined) return [];
  const names = functions.flatMap(({ name, disabled, problem }) => (disabled || problem ? [] : [name]));
  const more = names.length > MOST_NAMES ? [`${names.length - MOST_NAMES} more`] : [];
  const open = ['the admin API', ...names.slice(0, MOST_NAMES), ...more].join(', ').replace(/, ([^,]+)$/, ' and $1');
  return [palette.yellow(`! open to other machines at ${openUrls.join(', ')}, without keys: ${open}`)];
}

function formatKeys({ openUrls, keys }: Listening, palette: Palette): string[] {
  if (keys === undefined) return [];
  const { place, trouble } = keys;
  return [
    ...(openUrls === undefined ? [] : [`other machines reach it at ${openUrls.join(', ')}`]),
    `callers are asked for keys, which are kept in ${place}`,
    ...(trouble === undefined ? [] : [palette.yellow(`! the keys cannot be shown: ${trouble}`)]),
  ];
}

function formatUser({ user, clientCertificate }: Listening): string[] {
  return [
    ...(user === undefined ? [] : [`every request is that of the user ${user} (--as)`]),
    ...(clientCertificate === undefined ? [] : [`every request comes with the certificate ${clientCertificate} (--client-cert)`]),
  ];
}

export function formatMarked(problem: Problem, palette: Palette): string {
  return problem.severity === 'error' ? palette.red(`✗ ${formatProblem(problem)}`) : palette.yellow(`! ${formatProblem(problem)}`);
}

export function formatReady({ handlers, phases, totalMs }: ReadyReport): string {
  const timings = Object.entries(phases).map(([phase, ms]) => `${phase} ${Math.round(ms)}`);
  const who = handlers.map(({ pid, port }) => `  handler ${pid === undefined ? 'attached' : `pid ${pid}`}, port ${port}\n`).join('');
  return `${who}  ready in ${Math.round(totalMs)} ms: ${timings.join(', ')}\n`;
}

/** The reason itself was said when it was found: a problem of host.json by the banner, the end of a handler by the log. */
export function formatNotReady({ state }: NotReady, palette: Palette): string {
  if (state === 'Offline')
    return palette.yellow('  ! not ready: every request is answered with app_offline.htm until that file is gone.\n');
  const reason = state === 'Error' ? 'host.json cannot be used' : 'the handler did not start';
  return palette.red(`  ✗ not ready: ${reason}, as said above. Functions answer 503 until that is mended.\n`);
}

/** HTTP functions stand in two columns, the others in three. */
function describer({ functions, url: hostUrl, keys }: Listening, palette: Palette): (summary: FunctionSummary) => string {
  const events = functions.filter(isInvoked);
  const methodWidth = widest(functions.map(methodsOf));
  const typeWidth = widest(events.map(({ type }) => type));
  const sourceWidth = widest(events.map((each) => sourceOf(each)).filter(({ length }) => length <= WIDEST_SOURCE));
  return (summary) => {
    const { name, type, disabled, problem } = summary;
    if (problem) return formatMarked(problem, palette);
    if (isInvoked(summary)) {
      const source = sourceOf(summary).padEnd(sourceWidth);
      return `${type.padEnd(typeWidth)}  ${disabled ? palette.dim(source) : source}  ${palette.dim(invokeCommand(name, hostUrl))}`;
    }
    return disabled ? palette.dim('disabled') : `${methodsOf(summary).padEnd(methodWidth)}  ${readyUrl(summary, keys?.codes, palette)}`;
  };
}

/** To be pasted as it is, where a key that it may have is known. */
function readyUrl(
  { name, url = '', authLevel }: FunctionSummary,
  codes: ReadonlyMap<string, string> | undefined,
  palette: Palette,
): string {
  if (codes === undefined || url === '' || authLevel === 'anonymous') return url;
  const code = codes.get(name);
  if (code !== undefined) return `${url}?code=${encodeURIComponent(code)}`;
  const owner = authLevel === 'function' || authLevel === 'system' ? '' : ' master';
  return `${url}  ${palette.dim(`with a key: portico keys list${owner} --show`)}`;
}

/** By hand also one that is disabled runs. */
function sourceOf({ source = '', disabled }: FunctionSummary): string {
  return disabled ? 'disabled' : source;
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

function methodsOf({ methods, url, disabled, problem }: FunctionSummary): string {
  if (problem || disabled || url === undefined) return '';
  const names = new Set(methods?.map((method) => method.toUpperCase()));
  return methods === undefined || HTTP_METHODS.every((method) => names.has(method)) ? '*' : [...names].join(' ');
}
