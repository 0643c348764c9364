// What an extension is: a family of bindings that share a section of host.json. One folder of bindings/ each, and one line in bindings/index.ts.
//
//   declared    BindingExtension, BindingType: what function.json and host.json may say. Loaded with the host, so it holds tables and checks only.
//   made        TriggerBinding, InputBinding, OutputBinding: loaded when a function of the app has one, with whatever SDK that takes.
//   run         Listener, Input, Output: one for each binding of each function, as long as the app is as it was read.
//
// The way of an event: a listener gets it and calls `invoke`; the inputs are read, the handler runs, the outputs are written, all of it again as the
// retry policy says; the outcome comes back, and the listener settles the event. A listener never retries a function, and nobody else touches its events.
import type { BindingValue } from './binding-value.ts';
import type { Clock } from './clock.ts';
import type { HostError } from './error.ts';
import type { Template } from './expressions/template.ts';
import type { AppSettings, BindingMetadata, JsonObject } from './function-app.ts';
import type { LogFields, Logger } from './log.ts';
import type { OptionTable, Section } from './options.ts';
import type { OutputValue } from './output-value.ts';
import type { Problem } from './problem.ts';
import type { Random } from './random.ts';
import type { Remark } from './remark.ts';
import type { StateStore } from './state-store.ts';

export type BindingExtension = {
  /** Its section below `extensions` in host.json, and in lower case its path below /runtime/webhooks. */
  readonly name: string;
  /** What that section may hold. Undefined: nothing. */
  readonly hostOptions: Section | undefined;
  /** By `type` in function.json, which ignores case. */
  readonly types: Readonly<Record<string, BindingType>>;
  /** Answers what is below /runtime/webhooks/NAME while a function has one of its triggers. */
  readonly webhook?: () => Promise<Webhook>;
};

export type BindingType = {
  /** Beside those that every binding has. Texts that `resolves` marks get app settings put in before anything else sees them. */
  readonly options: OptionTable;
  /** What is wrong with one binding beyond its table: called once at load, with settings put in. */
  readonly check?: (binding: BindingMetadata, facts: CheckFacts) => readonly BindingFault[];
  /** What a trigger waits for, in few words, for the list of functions: a schedule, the name of a queue. */
  readonly describe?: (binding: BindingMetadata) => string | undefined;
  /** What its `connection` leads to: where that is the storage emulator, it is started with the app. */
  readonly connectsTo?: 'storage';
  readonly trigger?: () => Promise<TriggerBinding>;
  readonly input?: () => Promise<InputBinding>;
  readonly output?: () => Promise<OutputBinding>;
};

export type CheckFacts = {
  readonly settings: AppSettings;
};

/** `property`: where in the binding it is written; the whole binding when undefined. */
export type BindingFault = { readonly problem: Problem; readonly property?: string };

/** What bindings of one app have in common. */
export interface HostContext {
  readonly settings: AppSettings;
  /** What the extension's section of host.json says, as written; its table reads it. */
  readonly hostSection: JsonObject;
  /** Names this app in storage paths: 1 to 32 of a-z, 0-9 and "-". */
  readonly hostId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** A person sits at this machine: pauses are shorter, and errors say more. */
  readonly isDevelopment: boolean;
  readonly processorCount: number;
  /** IANA name of the machine's time zone. */
  readonly systemTimeZone: () => string;
  /** What the host remembers: leases, schedule status, receipts. Opened when it is first asked for. */
  readonly state: StateStore;
  /** Starts the storage emulator, unless it runs. */
  readonly emulator: () => Promise<EmulatorEndpoints>;
  /** What bindings share, such as a client of a service: made once for each key, and there for as long as the app's settings are. */
  shared<T extends object>(key: string, make: () => T): T;
}

export type EmulatorEndpoints = {
  readonly connectionString: string;
  readonly blob: string;
  readonly queue: string;
  readonly table: string;
};

export interface BindingContext extends HostContext {
  readonly functionName: string;
}

export interface ListenerContext extends BindingContext {
  /** Resolves as soon as the function can run: ask before each pull, so that an event is not taken which nobody can handle. Rejects when the signal aborts. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** Runs the function. Never rejects; when the signal aborts, the run is given up. */
  invoke(event: TriggerEvent, signal: AbortSignal): Promise<InvocationOutcome>;
}

/** One thing that happened. */
export type TriggerEvent = {
  /** What the handler gets under the name of the trigger. Text that holds a JSON object brings its members as binding data. */
  readonly value: BindingValue;
  /** What the extension knows of the event, in the order in which the handler sees it; the trigger itself among it (`queueTrigger`), for expressions alone. */
  readonly bindingData: Iterable<readonly [name: string, value: BindingValue]>;
  /** Why the function runs, as one line: "New queue message detected on 'orders'." */
  readonly reason: string;
  /** Which event it was. */
  readonly details?: LogFields;
};

export type InvocationOutcome =
  | { readonly status: 'succeeded'; readonly invocationId: string }
  /** The handler was called in vain, an input could not be read or an output not be written. It is logged. */
  | { readonly status: 'failed'; readonly invocationId: string; readonly error: HostError }
  /** Nobody ran it: the host stops, or the signal aborted. The event should come again. */
  | { readonly status: 'abandoned' };

export interface TriggerBinding {
  /** Checks and builds, and does nothing yet. Throws HostError. */
  createListener(binding: BindingMetadata, context: ListenerContext): Listener;
  /** The event of a call by hand, of which `input` is all that is known. Undefined: no input was given. Throws HostError. */
  eventByHand(input: string | undefined, binding: BindingMetadata, context: BindingContext): TriggerEvent | Promise<TriggerEvent>;
}

/** Waits for a trigger's events. */
export interface Listener {
  /** Resolves when it listens; rejects with a HostError when it cannot, and is started again later then. */
  start(signal: AbortSignal): Promise<void>;
  /** Takes no further event and waits for those that run; once the signal aborts it gives them up. Resolves when nothing of it is left, and never rejects. May be called twice, before a start and during one. */
  stop(signal: AbortSignal): Promise<void>;
}

/** What an input or an output may know of the event that the function runs for. */
export interface EventScope {
  readonly functionName: string;
  readonly invocationId: string;
  /** Fills in expressions. Throws HostError when there is no value. */
  bind(template: Template): string;
}

export interface InputBinding {
  createInput(binding: BindingMetadata, context: BindingContext): Input;
}

export interface Input {
  /** Null: there is nothing there. Throws when it cannot be read: the handler is not called then. */
  read(scope: EventScope, signal: AbortSignal): Promise<BindingValue>;
}

export interface OutputBinding {
  createOutput(binding: BindingMetadata, context: BindingContext): Output;
}

export interface Output {
  /** Fills in what it needs of the event. Called before the handler is, so that a missing name costs no call. Throws HostError. */
  bind(scope: EventScope): BoundOutput;
}

export interface BoundOutput {
  /** Writes what the handler gave; called once, if it gave something. Throws when that fails: the invocation has failed then. */
  write(value: OutputValue, signal: AbortSignal): Promise<readonly Remark[]>;
}

export interface Webhook {
  /** Throws nothing that the caller should hear of. */
  answer(request: WebhookRequest, context: WebhookContext): Promise<WebhookAnswer>;
}

export type WebhookRequest = {
  readonly method: string;
  /** What follows /runtime/webhooks/NAME; empty or beginning with a slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type WebhookAnswer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export interface WebhookContext extends HostContext {
  /** Those that have a trigger of this extension and may run. */
  readonly functions: readonly { readonly name: string; readonly trigger: BindingMetadata }[];
}
