// The app as it is on disk at one moment, ready to serve. A change on disk makes the next generation; requests under way keep theirs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AppSource, loadFunctionApp } from '../config/load-function-app.ts';
import type { FunctionApp } from '../core/function-app.ts';
import type { Problem } from '../core/problem.ts';
import { formatProblem } from '../core/problem.ts';
import type { Obstacle, PublicApp } from '../http/public-app.ts';
import { type Counted, makeServable, type ServableApp, type ServingMeans, type ServingOverrides } from './serve-app.ts';

export const OFFLINE_FILE = 'app_offline.htm';

export type AppGeneration = {
  /** With the problems that were found while its routes were built. */
  readonly app: FunctionApp;
  readonly served: PublicApp;
  readonly events: ServableApp['events'];
  /** Undefined: functions can be served. */
  readonly obstacle: Obstacle | undefined;
  /** There is something to serve, so a handler is wanted. */
  readonly hasWork: boolean;
  /** What the admin API gives as the reasons of state Error. */
  readonly errors: readonly string[];
};

export function readGeneration(source: AppSource, overrides: ServingOverrides, means: ServingMeans, before?: Counted): AppGeneration {
  const read = loadFunctionApp(source);
  const { app: served, events, problems } = makeServable(read, overrides, means, before);
  const app = { ...read, problems: [...read.problems, ...problems] };
  const fatal =
    app.config === undefined ? app.problems.filter(({ severity, functionName }) => severity === 'error' && functionName === undefined) : [];
  const obstacle = findObstacle(source.root, fatal);
  return {
    app,
    served,
    events: obstacle === undefined ? events : [],
    obstacle,
    hasWork: obstacle === undefined && app.functions.some(({ allowed }) => allowed),
    errors: fatal.map(({ azureMessage, message }) => azureMessage ?? message),
  };
}

function findObstacle(root: string, fatal: readonly Problem[]): AppGeneration['obstacle'] {
  const html = readOfflinePage(root);
  if (html !== undefined) return { kind: 'offline', html };
  return fatal.length === 0 ? undefined : { kind: 'error', reason: fatal.map(formatProblem).join('\n') };
}

function readOfflinePage(root: string): string | undefined {
  try {
    return readFileSync(join(root, OFFLINE_FILE), 'utf8');
  } catch {
    // Not there, gone a moment ago, or a folder of that name: nobody takes the app off line with that.
    return undefined;
  }
}
