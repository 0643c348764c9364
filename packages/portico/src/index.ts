// Portico as a library: a function app in a test, a script, another server. Start reading at createHost.

export { type ErrorKind, HostError } from './core/error.ts';
export type { AuthLevel, BindingMetadata, FunctionApp, FunctionMetadata, HostConfig } from './core/function-app.ts';
export type { HostState } from './core/host-state.ts';
export type { HostObserver, LogFields, LogLevel, LogRecord, RequestSummary } from './core/log.ts';
export type { Problem, Severity } from './core/problem.ts';
export {
  createHost,
  type FunctionSummary,
  type Host,
  type HostOptions,
  type InvokeRequest,
  type ReadyReport,
  type RunningHandler,
  type StartPhases,
  type StopOptions,
} from './host/create-host.ts';
export type { XffStyle } from './http/caller.ts';
export type { CorsRules } from './http/cors.ts';
export type { Certificate } from './http/public-server.ts';
