// What stands at the top of the output: what runs, where to reach it, what was found wrong, and how the start went.
import { HTTP_METHODS } from '../config/function-options.ts';
import { formatProblem, type Problem } from '../core/problem.ts';
import type { FunctionSummary, ReadyReport } from '../host/create-host.ts';
import type { Palette } from './palette.ts';
import type { Listening, NotReady } from './reporter.ts';

const MOST_NAMES = 10;

export function formatListening(run: Listening, palette: Palette): string {
  const { version, root, functions, problems, authorityFile } = run;
  const nameWidth = Math.max(0, ...functions.map(({ name }) => name.length));
  const methodWidth = Math.max(0, ...functions.map((each) => methodsOf(each).length));
  const rows = functions.map((each) => `  ${each.name.padEnd(nameWidth)}  ${describe(each, methodWidth, palette)}`);
  const told = new Set(functions.flatMap(({ problem }) => (problem ? [formatProblem(problem)] : [])));
  const others = problems.filter((problem) => !told.has(formatProblem(problem)));
  const sections = [
    [`${palette.bold(`portico ${version}`)}  ${root}`],
    rows.length > 0 ? rows : ['  no functions'],
    [
      ...formatOpen(run, palette).map((line) => `  ${line}`),
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

function formatOpen({ openUrls, functions }: Listening, palette: Palette): string[] {
  if (openUrls === undefined) return [];
  const names = functions.flatMap(({ name, disabled, problem }) => (disabled || problem ? [] : [name]));
  const more = names.length > MOST_NAMES ? [`${names.length - MOST_NAMES} more`] : [];
  const open = ['the admin API', ...names.slice(0, MOST_NAMES), ...more].join(', ').replace(/, ([^,]+)$/, ' and $1');
  return [palette.yellow(`! open to other machines at ${openUrls.join(', ')}, without keys: ${open}`)];
}

function formatMarked(problem: Problem, palette: Palette): string {
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

function describe(summary: FunctionSummary, methodWidth: number, palette: Palette): string {
  const { type, url, disabled, problem } = summary;
  if (problem) return formatMarked(problem, palette);
  if (disabled) return palette.dim('disabled');
  return url === undefined ? type : `${methodsOf(summary).padEnd(methodWidth)}  ${url}`;
}

function methodsOf({ methods, url, disabled, problem }: FunctionSummary): string {
  if (problem || disabled || url === undefined) return '';
  const names = new Set(methods?.map((method) => method.toUpperCase()));
  return methods === undefined || HTTP_METHODS.every((method) => names.has(method)) ? '*' : [...names].join(' ');
}
