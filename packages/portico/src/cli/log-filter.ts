import { type InvocationSummary, LOG_LEVELS, type LogLevel, type RequestSummary } from '../core/log.ts';

/** Category prefix → least level; `default` is the rest. */
export type Levels = Readonly<Record<string, LogLevel>>;

export type Verbosity = 'quiet' | 'normal' | 'verbose';

export type LogFilter = (category: string, level: LogLevel) => boolean;

type FilterOptions = {
  /** `--log`, the last word. */
  readonly chosen: Levels;
  /** `logging.logLevel` of host.json; asked for each record, because the file can change while the host runs. */
  readonly ofApp: () => Levels;
  readonly verbosity: Verbosity;
};

/** Categories of the lines that report requests, and what ran for other events. Only their own names, in host.json or --log, move them. */
const REQUESTS = 'Host.Requests';
const INVOCATIONS = 'Host.Invocations';

// Parity: what the function says is shown from Information on, what the host says from Warning on
// (Azure Functions Core Tools, LoggingFilterHelper.cs), and `default` in host.json moves both.
const LEVEL_OF_FUNCTIONS: LogLevel = 'information';
const LEVEL_OF_HOST: LogLevel = 'warning';
// That the app was read again is news to whoever saved a file.
const NEWS_OF_HOST = 'Host.Startup';
const FUNCTION_CATEGORY = /^(?:Host\.Function\.Console|Function\..+\.User)$/i;

/** Decides what is shown. The longest prefix of the category wins, and of the same prefix --log before host.json before our own. */
export function createLogFilter({ chosen, ofApp, verbosity }: FilterOptions): LogFilter {
  let read: Levels | undefined;
  let leastRanks = new Map<string, number>();

  function leastRank(category: string): number {
    const levels: Levels = { [REQUESTS]: 'information', [INVOCATIONS]: 'information', ...ofApp(), ...chosen };
    const prefix = longestPrefix(category, Object.keys(levels)) ?? 'default';
    if (chosen[prefix]) return rank(chosen[prefix]);
    const unnamed = verbosity === 'verbose' ? 'debug' : (levels.default ?? builtIn(category));
    const level = prefix === 'default' ? unnamed : (levels[prefix] ?? unnamed);
    return verbosity === 'quiet' ? Math.max(rank(level), rank('warning')) : rank(level);
  }

  return (category, level) => {
    if (read !== ofApp()) {
      read = ofApp();
      leastRanks = new Map();
    }
    let least = leastRanks.get(category);
    if (least === undefined) {
      least = leastRank(category);
      leastRanks.set(category, least);
    }
    return rank(level) >= least;
  };
}

export function showsRequest(shows: LogFilter, summary: RequestSummary): boolean {
  if (isProbe(summary)) return shows(REQUESTS, 'debug');
  return shows(REQUESTS, looksFailed(summary) ? 'error' : 'information');
}

/** What balancers and tools ask all the time, and a host that is not ready says so itself. What asks the admin API to do something is no probe. */
function isProbe({ method, target, outcome, status = 0 }: RequestSummary): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || outcome === 'refused') return false;
  return /^\/runtime\/health(?:[/?]|$)/i.test(target) || (status < 500 && /^\/admin(?:[/?]|$)/i.test(target));
}

export function showsInvocation(shows: LogFilter, { outcome }: InvocationSummary): boolean {
  return shows(INVOCATIONS, outcome === 'failed' ? 'error' : 'information');
}

/** A reply of the handler's own with such a status counts as succeeded for the host; whoever watches wants to see it. */
export function looksFailed({ outcome, status = 0 }: RequestSummary): boolean {
  return outcome === 'failed' || (outcome !== 'aborted' && status >= 500);
}

/** Whether the function or its handler said it, rather than the host. */
export function isSaidByFunction(category: string): boolean {
  return FUNCTION_CATEGORY.test(category);
}

function builtIn(category: string): LogLevel {
  if (category === NEWS_OF_HOST) return 'information';
  return isSaidByFunction(category) ? LEVEL_OF_FUNCTIONS : LEVEL_OF_HOST;
}

function longestPrefix(category: string, prefixes: readonly string[]): string | undefined {
  const fitting = prefixes.filter((prefix) => category.toLowerCase().startsWith(prefix.toLowerCase()) && prefix !== 'default');
  return fitting.sort((a, b) => a.length - b.length).at(-1);
}

function rank(level: LogLevel): number {
  return LOG_LEVELS.indexOf(level);
}
