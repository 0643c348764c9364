// One fault on one app under load: what a fault has at hand, and what it may find out.
import { rmSync } from 'node:fs';
import type { Mode } from './app.ts';
import { type Check, check, none } from './checks.ts';
import type { Control, LivingHandler } from './control.ts';
import type { Fault } from './fault.ts';
import { type HostProcess, startHost } from './host-process.ts';
import { Load } from './load.ts';
import { Orphans } from './orphans.ts';
import { descriptorCountOf, type ProcessIdentity, processTree, sendSignal } from './processes.ts';
import { createRandom, type Random } from './random.ts';
import { pause, until } from './wait.ts';

export type TrialSettings = {
  readonly seed: number;
  /** Rounds are begun for so long; 0: one round. */
  readonly forMs: number;
  readonly requestsPerSecond: number;
  /** So soon after the end of a host, or of a handler, all that it started has to be gone. */
  readonly goneWithinMs: number;
  /** How often faults/reloads.ts changes a file, and the least time between two changes. */
  readonly reloads: { readonly count: number; readonly everyMs: number };
};

/** Nothing of a trial takes longer but by a fault of the host. */
const RECOVERY_LIMIT_MS = 45_000;
const RECOVERED_STREAK = 20;
/** Connections that both sides keep idle are closed by then. */
const IDLE_LIMIT_MS = 10_000;
/** Connections to a handler that the host still keeps, and what Node opens once and for all. */
const DESCRIPTOR_TOLERANCE = 5;
export type TrialParts = {
  readonly fault: Fault;
  readonly mode: Mode;
  readonly settings: TrialSettings;
  readonly folder: string;
  readonly root: string;
  readonly control: Control;
  readonly signal: AbortSignal;
};

export class Trial {
  readonly #parts: TrialParts;
  readonly #orphans: Orphans;
  readonly #harmed = new Set<number>();
  #host: HostProcess | undefined;
  readonly load: Load;
  readonly random: Random;
  readonly checks: Check[] = [];
  readonly notes: string[] = [];
  readonly outagesMs: number[] = [];

  constructor(parts: TrialParts) {
    this.#parts = parts;
    const { mode, settings, fault } = parts;
    this.#orphans = new Orphans(settings.goneWithinMs, parts.signal);
    this.random = createRandom(settings.seed, `${fault.name} ${mode}`);
    this.load = new Load({
      mode,
      random: createRandom(settings.seed, `${fault.name} ${mode} load`),
      pace: { perSecond: settings.requestsPerSecond },
      wasHarmed: (pid) => this.#harmed.has(pid),
    });
  }

  get orphanCount(): number {
    return this.#orphans.count;
  }
  get signal(): AbortSignal {
    return this.#parts.signal;
  }
  get root(): string {
    return this.#parts.root;
  }
  get reloads(): TrialSettings['reloads'] {
    return this.#parts.settings.reloads;
  }
  get host(): HostProcess {
    if (this.#host === undefined) throw new Error('No host runs.');
    return this.#host;
  }

  /** Numbers the rounds, as long as there is time for another one. */
  *rounds(): Generator<number> {
    const untilMs = performance.now() + this.#parts.settings.forMs;
    let round = 0;
    do yield ++round;
    while (performance.now() < untilMs);
  }

  handlers(): LivingHandler[] {
    return this.#parts.control.living();
  }

  /** The newest one, waited for. */
  async handler(): Promise<LivingHandler> {
    const found = await this.until(() => this.handlers().length > 0, RECOVERY_LIMIT_MS);
    const newest = this.handlers().at(-1);
    if (!found || newest === undefined) throw new Error('The host started no handler.');
    return newest;
  }

  /** Whatever breaks off because of it from now on is the run's own doing. */
  harm({ pid }: LivingHandler): void {
    this.#harmed.add(pid);
  }

  signalHandler(handler: LivingHandler, signalName: NodeJS.Signals): void {
    this.harm(handler);
    sendSignal(handler.pid, signalName);
  }

  check(must: string, holds: boolean, found: string | number = ''): void {
    this.checks.push(check(must, holds, found));
  }

  note(line: string): void {
    this.notes.push(line);
  }

  until(holds: () => boolean, limitMs: number): Promise<boolean> {
    return until(holds, { limitMs }, this.signal);
  }

  pause(ms: number): Promise<void> {
    return pause(ms, this.signal);
  }

  /** Waits until requests that are sent from now on are answered correctly, one after the other. */
  async recovers(limitMs = RECOVERY_LIMIT_MS): Promise<boolean> {
    this.load.tally.startStreak();
    return this.until(() => this.load.tally.streak >= RECOVERED_STREAK, limitMs);
  }

  async startHost(): Promise<void> {
    const { root, fault, control } = this.#parts;
    const environment = { ...this.#orphans.environment, CHAOS_CONTROL: control.path, CHAOS_JOURNAL: '1' };
    this.#host = await startHost({ root, flags: fault.flags ?? [], environment }, this.signal);
    this.load.pointTo(this.#host.port);
  }

  /** By SIGTERM: all of it has to end in order. */
  async stopHost(): Promise<void> {
    const { exitCode, afterMs, started } = await this.host.stop();
    this.check('SIGTERM ends the host with exit code 0', exitCode === 0, `${exitCode} after ${Math.round(afterMs)} ms`);
    await this.expectGone(started, 'the stop of the host');
  }

  /** A host whose handler has not failed yet. The load rests meanwhile. */
  async renewHost(): Promise<void> {
    await this.load.stop();
    await this.stopHost();
    await this.startHost();
    this.load.start();
  }

  async killHost(): Promise<void> {
    this.load.hostGoesDown();
    for (const handler of this.handlers()) this.harm(handler);
    await this.host.kill();
  }

  /** None of these processes, and none else of this trial when its host is gone, may be alive a moment from now. */
  async expectGone(processes: readonly ProcessIdentity[], after: string): Promise<void> {
    const found = this.#hostIsGone() ? await this.#orphans.expectNobody(processes) : await this.#orphans.expectGone(processes);
    for (const command of found) this.note(`orphan after ${after}: ${command}`);
  }

  descendantsOf({ pid }: LivingHandler): ProcessIdentity[] {
    return processTree(pid).filter((one) => one.pid !== pid);
  }

  #hostIsGone(): boolean {
    return this.#host === undefined || descriptorCountOf(this.#host.pid) === undefined;
  }

  /** At rest: whatever was opened for a request or for a handler is closed again. */
  async countDescriptors(): Promise<void> {
    const { pid, descriptorCount } = this.host;
    const now = () => descriptorCountOf(pid) ?? 0;
    const flat = await this.until(() => now() <= descriptorCount + DESCRIPTOR_TOLERANCE, IDLE_LIMIT_MS);
    this.check('the host has no more descriptors open at rest than when it was started', flat, `${descriptorCount} before, ${now()} after`);
  }

  judgeLoad(): void {
    const { counts, details, failures } = this.load.tally;
    const { fault, control } = this.#parts;
    const found = (kind: string) =>
      details
        .filter((detail) => detail.startsWith(kind))
        .slice(0, 3)
        .join('; ');
    for (const kind of ['lost', 'hung', 'wrong'] as const)
      this.check(`requests ${kind}: 0`, counts[kind] === 0, `${counts[kind]}: ${found(kind)}`);
    this.check('orphans: 0', this.orphanCount === 0, this.orphanCount);
    this.checks.push(none('POST requests that handlers ran twice: 0', control.ranTwice));
    if (fault.mayFail === 'none') this.checks.push(none('failed requests: 0', failures));
    if (fault.mayFail === 'asked') this.checks.push(none('failed requests beside those that asked for it: 0', failures));
  }

  complaints(): readonly string[] {
    return this.#host?.complaints ?? [];
  }

  /** Leaves nothing, whatever happened. */
  async close(): Promise<void> {
    await this.#host?.stop();
    this.#orphans.killAll();
    await this.load.stop();
    await this.#parts.control[Symbol.asyncDispose]();
    rmSync(this.#parts.folder, { recursive: true, force: true });
  }
}
