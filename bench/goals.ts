// What Portico promises itself, and whether a run kept it. Ratios hold within one run; a difference below 15 % means nothing on two shared cores.

type Goal = {
  readonly figure: string;
  readonly unit: '×' | 'MB' | 'ms';
  readonly better: 'more' | 'less';
  readonly atLeast: number;
  readonly aim: number;
};

const more = (figure: string, atLeast: number, aim: number): Goal => ({ figure, unit: '×', better: 'more', atLeast, aim });
const less = (figure: string, unit: Goal['unit'], atLeast: number, aim: number): Goal => ({ figure, unit, better: 'less', atLeast, aim });

export const goals = {
  forwardRate: more('forward mode, small reply: requests/s ÷ nginx', 0.7, 0.9),
  proxyRate: more('proxy mode, small reply: requests/s ÷ nginx', 0.7, 0.9),
  forwardHeadersRate: more('forward mode, ten browser-like headers: requests/s ÷ nginx', 0.65, 0.85),
  proxyHeadersRate: more('proxy mode, ten browser-like headers: requests/s ÷ nginx', 0.65, 0.85),
  forwardCpuToNginx: less('forward mode: CPU per request ÷ nginx', '×', 1.7, 1.25),
  proxyCpuToNginx: less('proxy mode: CPU per request ÷ nginx', '×', 1.7, 1.25),
  forwardCpuToHttpProxy: less('forward mode: CPU per request ÷ http-proxy', '×', 0.4, 0.3),
  proxyCpuToHttpProxy: less('proxy mode: CPU per request ÷ http-proxy', '×', 0.4, 0.3),
  payloadRate: more('payload mode: requests/s ÷ nginx forwarding', 0.42, 0.55),
  forwardReply1Mb: more('forward mode, 1 MB replies: MB/s ÷ nginx', 0.85, 1.1),
  proxyReply1Mb: more('proxy mode, 1 MB replies: MB/s ÷ nginx', 0.85, 1.1),
  forwardReply64Mb: more('forward mode, 64 MB replies: MB/s ÷ nginx', 0.9, 1.1),
  proxyReply64Mb: more('proxy mode, 64 MB replies: MB/s ÷ nginx', 0.9, 1.1),
  forwardAddedP50: less('forward mode: p50 added over direct at 2,000/s ÷ what nginx adds', '×', 1.4, 1.15),
  proxyAddedP50: less('proxy mode: p50 added over direct at 2,000/s ÷ what nginx adds', '×', 1.4, 1.15),
  idleRss: less('RSS above a bare server: idle', 'MB', 12, 3),
  rss64: less('RSS above a bare server: 64 connections under load', 'MB', 35, 18),
  rss1000: less('RSS above a bare server: 1,000 connections under load', 'MB', 60, 32),
  growth1GbDown: less('RSS growth for a 1 GB reply', 'MB', 20, 8),
  growth1GbUp: less('RSS growth for a 1 GB request body', 'MB', 20, 8),
  firstAnswer: less("command to first 200, beyond `node -e 0` and the handler's start", 'ms', 60, 25),
  startChange: less('command to first 200, HTTP alone, beyond that of --against', 'ms', 5, 0),
  timerArmed: less('command to the armed timer, an app of one timer in a fresh folder', 'ms', 300, 150),
  timerDrift: less('a timer of every second: median drift', 'ms', 10, 3),
  timerWorstDrift: less('a timer of every second: worst drift', 'ms', 10, 5),
  queueRate: more('queue messages/s ÷ a bare receive-and-delete loop', 0.8, 1),
  queueGrowth: less('RSS growth over the last nine tenths of many queue messages', 'MB', 8, 2),
  routing: less('10,000 functions: p50 ÷ with 10', '×', 1.1, 1),
} as const satisfies Record<string, Goal>;

export type GoalName = keyof typeof goals;
/** 'disturbed': measured, but others used the machine in every round. */
export type Figure = number | 'disturbed';
export type Figures = Partial<Record<GoalName, Figure>>;

export type Verdict = { readonly goal: GoalName; readonly measured: Figure; readonly verdict: string };

export function judge(figures: Figures): Verdict[] {
  return (Object.keys(goals) as GoalName[]).flatMap((goal) => {
    const measured = figures[goal];
    return measured === undefined ? [] : [{ goal, measured, verdict: verdictOn(goals[goal], measured) }];
  });
}

function verdictOn({ better, unit, atLeast, aim }: Goal, measured: Figure): string {
  if (measured === 'disturbed') return 'no clean round';
  const shortfall = (figure: number) => (better === 'more' ? figure - measured : measured - figure);
  if (shortfall(aim) <= 0) return 'met, the aim too';
  if (shortfall(atLeast) <= 0) return 'met';
  return `short by ${rounded(shortfall(atLeast), unit)}`;
}

export function rounded(value: Figure, unit: Goal['unit']): string {
  if (value === 'disturbed') return '–';
  return unit === '×' ? value.toFixed(2) : `${value.toFixed(1)} ${unit}`;
}
