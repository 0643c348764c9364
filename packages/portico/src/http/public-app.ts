// What the public server asks of the host. The host swaps these when the app changes; a request uses what it found when it came.
import type { LocalPrincipal } from '../core/authorization.ts';
import type { AuthLevel } from '../core/function-app.ts';
import type { InvocationHost } from '../invocation/invocation-host.ts';
import type { RunnableFunction } from '../invocation/runnable-function.ts';
import type { TimeLimit } from '../invocation/time-limit.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Admission } from './admission.ts';
import type { Call, HeaderPair } from './call.ts';
import type { CallerRules } from './caller.ts';
import type { CorsRules } from './cors.ts';
import type { PassingMode } from './forward.ts';
import type { HttpResponseBinding } from './output/http-response-binding.ts';
import type { RequestTarget } from './request-target.ts';
import type { RouteTable } from './routes/route-table.ts';

/** One function with an HTTP trigger, ready to be called or with the reason why not. */
export type HttpFunction = RunnableFunction & {
  readonly mode: 'payload' | PassingMode;
  readonly output: HttpResponseBinding;
  readonly disabled: boolean;
  readonly authLevel: AuthLevel;
  /** Why it cannot run, in one sentence; its URL answers 503 with it. */
  readonly fault: string | undefined;
  /** Undefined without limits of its own. */
  readonly admission: Admission | undefined;
  /** Between two pieces of a reply that has begun. Undefined: as long as it takes. */
  readonly idleLimit: TimeLimit | undefined;
};

export type PublicApp = {
  readonly routes: RouteTable<HttpFunction>;
  /** Those that have a route, in the order of the routes. */
  readonly functions: readonly HttpFunction[];
  /** Undefined without limits. */
  readonly admission: Admission | undefined;
  /** Added to every answer that does not have them. */
  readonly customHeaders: readonly HeaderPair[];
  /** The value of Strict-Transport-Security for https callers by this host name; undefined: none. */
  readonly hsts: ((host: string) => string | undefined) | undefined;
  /** False: `/` is 204. */
  readonly homePage: boolean;
  readonly cors: CorsRules | undefined;
  readonly callerRules: CallerRules;
  readonly mostBodyBytes: number;
};

/** Why no function is served at this moment. */
export type Obstacle =
  /** host.json cannot be used. */
  | { readonly kind: 'error'; readonly reason: string }
  /** app_offline.htm is there. */
  | { readonly kind: 'offline'; readonly html: string };

export interface PublicHost extends InvocationHost {
  readonly app: PublicApp;
  readonly obstacle: Obstacle | undefined;
  /** Undefined: nobody is asked for a key. */
  readonly keys: KeyRing | undefined;
  /** Every request is this user's. */
  readonly user: LocalPrincipal | undefined;
  /** Answers what is below /admin and /runtime. */
  admin(call: Call, target: RequestTarget): void;
  /** Reasons may be shown to callers: this is Development. */
  readonly revealsReasons: boolean;
}
