// Several hosts on one app, fed with events while handlers, hosts and the storage service are killed; then a count of everything.
//
//   start → send and damage, side by side → what is visible is worked off → all hosts stop → eleven minutes later by the storage service's clock:
//   what was invisible comes again, and the hosts work it off → all hosts stop → count
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, check } from '../checks.ts';
import { type Control, type LivingHandler, openControl } from '../control.ts';
import { type HostProcess, startHost } from '../host-process.ts';
import { Orphans } from '../orphans.ts';
import { sendSignal } from '../processes.ts';
import { createRandom, type Random } from '../random.ts';
import { pause } from '../wait.ts';
import { FUNCTION_TIMEOUT_MS, makeEventApp } from './app.ts';
import { Azurite } from './azurite.ts';
import { type Damage, type DamageKind, damageKinds } from './damage.ts';
import { type Run, readJournal } from './journal.ts';
import { Producers } from './producers.ts';
import { Storage } from './storage.ts';
import { judge, type Verdict } from './verdict.ts';
import { TIMER } from './work.ts';

export type EventSettings = {
  readonly seed: number;
  readonly hostCount: number;
  /** Of each source. */
  readonly workCount: number;
  readonly perSecond: number;
  readonly damageCount: number;
  /** So soon after the end of a host all that it started has to be gone. */
  readonly goneWithinMs: number;
};

export type EventReport = Verdict & {
  readonly settings: EventSettings;
  readonly damages: readonly Damage[];
  readonly seconds: number;
  readonly orphanCount: number;
  readonly notes: readonly string[];
  /** Still in a queue, invisible, when nothing visible was left. */
  readonly heldCount: number;
};

/** Of a message that somebody has: ten minutes, and a little. */
const LATER_MS = 11 * 60_000;
/** A run is quiet when no function but the timer has run for so long. */
const QUIET_MS = 4000;
const WORK_OFF_LIMIT_MS = 120_000;
/** A frozen handler runs into the function timeout, or does not. */
const LONGEST_FROST_MS = FUNCTION_TIMEOUT_MS * 2;
const LONGEST_ABSENCE_MS = 1500;
const OVERTIME_MS = 300_000;
const COMPLAINT_COUNT = 5;

const clockTime = (ms: number): string => new Date(ms).toISOString().slice(11, 23);

type Host = { readonly number: number; readonly process: HostProcess };

export async function runEvents(settings: EventSettings, signal: AbortSignal): Promise<EventReport> {
  const startedMs = performance.now();
  const overtime = AbortSignal.timeout(Math.round((settings.workCount * 3000) / settings.perSecond) + OVERTIME_MS);
  const trial = await openTrial(settings, AbortSignal.any([signal, overtime]));
  let heldCount = 0;
  try {
    await trial.startHosts();
    await Promise.all([trial.send(), trial.doDamage()]);
    trial.check('what is visible is worked off', await trial.isWorkedOff());
    await trial.stopHosts();
    heldCount = await trial.waitingCount();
    await trial.restartStorage(LATER_MS);
    trial.notes.push(`${clockTime(Date.now())}: eleven minutes later`);
    await trial.startHosts();
    trial.check('what was invisible comes again, and is worked off', await trial.isEmpty());
    await trial.stopHosts();
    await trial.restartStorage(2 * LATER_MS);
    const verdict = await trial.judge();
    trial.check('orphans: 0', trial.orphanCount === 0, trial.orphanCount);
    trial.checks.push(...verdict.checks);
    return report(verdict);
  } catch (error) {
    signal.throwIfAborted();
    trial.check('the trial runs to its end', false, overtime.aborted ? 'it took too long' : String((error as Error).stack));
    return report(trial.judgeRuns());
  } finally {
    await trial.close();
  }

  function report(verdict: Verdict): EventReport {
    if (trial.checks.some(({ holds }) => !holds)) trial.noteComplaints();
    return {
      ...verdict,
      settings,
      damages: trial.damages,
      checks: trial.checks,
      notes: trial.notes,
      orphanCount: trial.orphanCount,
      heldCount,
      seconds: (performance.now() - startedMs) / 1000,
    };
  }
}

async function openTrial(settings: EventSettings, signal: AbortSignal): Promise<EventTrial> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-chaos-'));
  makeEventApp(join(folder, 'app'));
  const azurite = new Azurite(join(folder, 'storage'), signal);
  await azurite.start();
  const storage = new Storage(azurite.connectionString);
  await storage.create();
  const control = await openControl(join(folder, 'control'));
  return new EventTrial({ settings, folder, azurite, storage, control, signal });
}

type Parts = {
  readonly settings: EventSettings;
  readonly folder: string;
  readonly azurite: Azurite;
  readonly storage: Storage;
  readonly control: Control;
  readonly signal: AbortSignal;
};

class EventTrial {
  readonly #parts: Parts;
  readonly #random: Random;
  readonly #orphans: Orphans;
  readonly #producers: Producers;
  #hosts: Host[] = [];
  #hostCount = 0;
  readonly #ended: Host[] = [];
  readonly damages: Damage[] = [];
  readonly checks: Check[] = [];
  readonly notes: string[] = [];

  constructor(parts: Parts) {
    const { settings, signal, storage } = parts;
    this.#parts = parts;
    this.#random = createRandom(settings.seed, 'events damage');
    this.#orphans = new Orphans(settings.goneWithinMs, signal);
    const random = createRandom(settings.seed, 'events work');
    this.#producers = new Producers({ random, perSecond: settings.perSecond, storage, runs: () => this.#runs() });
  }

  get orphanCount(): number {
    return this.#orphans.count;
  }

  check(must: string, holds: boolean, found: string | number = ''): void {
    this.checks.push(check(must, holds, found));
  }

  async startHosts(): Promise<void> {
    await Promise.all(Array.from({ length: this.#parts.settings.hostCount }, () => this.#startHost()));
  }

  /** In order, all at once. */
  async stopHosts(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => this.#stopHost(host)));
  }

  send(): Promise<void> {
    return this.#producers.send(this.#parts.settings.workCount, this.#parts.signal);
  }

  async doDamage(): Promise<void> {
    const { workCount, perSecond, damageCount } = this.#parts.settings;
    // As long as there is work, and no longer.
    const everyMs = (workCount * 3 * 1000) / perSecond / damageCount;
    // Each kind before one comes again, in an order that the seed decides.
    let kinds: DamageKind[] = [];
    for (let count = 0; count < damageCount; count += 1) {
      await pause(everyMs * (0.5 + this.#random.fraction() / 2), this.#parts.signal);
      if (kinds.length === 0) kinds = [...damageKinds];
      const [kind] = kinds.splice(this.#random.below(kinds.length), 1);
      if (kind !== undefined) await this.#damage(kind);
    }
  }

  async isWorkedOff(): Promise<boolean> {
    return this.#untilTrue(() => {
      const latest = this.#runs()
        .filter(({ functionName }) => functionName !== TIMER)
        .map(({ begunMs, ended }) => ended?.atMs ?? begunMs);
      return Date.now() - Math.max(0, ...latest) > QUIET_MS;
    });
  }

  /** Every blob was found, and no queue has anything left. */
  async isEmpty(): Promise<boolean> {
    const { storage } = this.#parts;
    const isFound = () => {
      const keys = new Set(this.#runs().map(({ key }) => key));
      return this.#producers.sent.every(({ source, key }) => source !== 'Files' || keys.has(key));
    };
    return this.#untilTrue(async () => isFound() && (await storage.waitingCount()) === 0);
  }

  waitingCount(): Promise<number> {
    return this.#parts.storage.waitingCount();
  }

  async restartStorage(laterByMs: number): Promise<void> {
    const { azurite } = this.#parts;
    await azurite.stop();
    await azurite.start(laterByMs);
  }

  async judge(): Promise<Verdict> {
    return this.judgeRuns(await this.#parts.storage.take());
  }

  judgeRuns(found = { poison: new Map(), relayed: new Map(), left: new Map() }): Verdict {
    const { sent, unsure } = this.#producers;
    return judge({ sent, unsure, runs: this.#runs(), damages: this.damages, ...found });
  }

  /** For whoever looks for the reason. */
  noteComplaints(): void {
    for (const { kind, fromMs, untilMs, pid, host } of this.damages) {
      const whom = pid === undefined ? host : pid;
      this.notes.push(`${clockTime(fromMs)} to ${clockTime(untilMs)}: ${kind}${whom === undefined ? '' : ` ${whom}`}`);
    }
    // What goes to a poison queue was meant to.
    const complaints = [...this.#ended, ...this.#hosts].flatMap(({ number, process }) =>
      process.complaints
        .filter((line) => !line.includes('Moving message'))
        .slice(-COMPLAINT_COUNT)
        .map((line) => `host ${number}: ${line}`),
    );
    this.notes.push(...complaints);
  }

  /** Leaves nothing, whatever happened. */
  async close(): Promise<void> {
    await Promise.all(this.#hosts.map(({ process }) => process.stop()));
    this.#orphans.killAll();
    await this.#parts.azurite.kill();
    await this.#parts.control[Symbol.asyncDispose]();
    rmSync(this.#parts.folder, { recursive: true, force: true });
  }

  async #damage(kind: DamageKind): Promise<void> {
    if (kind === 'kill-azurite') return this.#killAzurite();
    if (kind === 'kill-handler' || kind === 'freeze-handler') return this.#damageHandler(kind);
    const [first, ...others] = this.#hosts;
    if (first === undefined) return;
    const host = this.#random.pick([first, ...others]);
    const absenceMs = this.#random.below(LONGEST_ABSENCE_MS);
    const fromMs = Date.now();
    if (kind === 'kill-host') await this.#killHost(host);
    else await this.#stopHost(host);
    this.damages.push({ kind, fromMs, untilMs: Date.now(), host: host.number });
    await pause(absenceMs, this.#parts.signal);
    await this.#startHost();
  }

  async #killAzurite(): Promise<void> {
    const { azurite, signal } = this.#parts;
    const absenceMs = this.#random.below(LONGEST_ABSENCE_MS);
    const fromMs = Date.now();
    await azurite.kill();
    await pause(absenceMs, signal);
    await azurite.start();
    this.damages.push({ kind: 'kill-azurite', fromMs, untilMs: Date.now() });
  }

  async #damageHandler(kind: 'kill-handler' | 'freeze-handler'): Promise<void> {
    const [first, ...others] = this.#handlers();
    if (first === undefined) return;
    const { pid } = this.#random.pick([first, ...others]);
    const frostMs = this.#random.below(LONGEST_FROST_MS);
    const fromMs = Date.now();
    sendSignal(pid, kind === 'kill-handler' ? 'SIGKILL' : 'SIGSTOP');
    if (kind === 'freeze-handler') {
      await pause(frostMs, this.#parts.signal);
      sendSignal(pid, 'SIGCONT');
    }
    this.damages.push({ kind, fromMs, untilMs: Date.now(), pid });
  }

  #handlers(): LivingHandler[] {
    return this.#parts.control.living();
  }

  async #startHost(): Promise<void> {
    const { folder, azurite, control, signal } = this.#parts;
    this.#hostCount += 1;
    const number = this.#hostCount;
    const environment = {
      ...this.#orphans.environment,
      AzureWebJobsStorage: azurite.connectionString,
      CHAOS_CONTROL: control.path,
      CHAOS_EVENTS: join(folder, 'events.jsonl'),
      CHAOS_HOST: String(number),
    };
    this.#hosts.push({ number, process: await startHost({ root: join(folder, 'app'), flags: [], environment }, signal) });
  }

  async #stopHost(host: Host): Promise<void> {
    const { exitCode, afterMs, started } = await host.process.stop();
    this.#forget(host);
    this.check('SIGTERM ends a host with exit code 0', exitCode === 0, `${exitCode} after ${Math.round(afterMs)} ms`);
    await this.#expectGone(started, `the stop of host ${host.number}`);
  }

  async #killHost(host: Host): Promise<void> {
    const tree = host.process.tree();
    await host.process.kill();
    this.#forget(host);
    await this.#expectGone(tree, `the end of host ${host.number}`);
  }

  #forget(host: Host): void {
    this.#hosts = this.#hosts.filter((one) => one !== host);
    this.#ended.push(host);
  }

  async #expectGone(...[processes, after]: [Parameters<Orphans['expectGone']>[0], string]): Promise<void> {
    for (const command of await this.#orphans.expectGone(processes)) this.notes.push(`orphan after ${after}: ${command}`);
  }

  #runs(): Run[] {
    return readJournal(join(this.#parts.folder, 'events.jsonl'));
  }

  async #untilTrue(holds: () => boolean | Promise<boolean>): Promise<boolean> {
    const deadlineMs = performance.now() + WORK_OFF_LIMIT_MS;
    while (performance.now() < deadlineMs) {
      if (await holds()) return true;
      await pause(250, this.#parts.signal);
    }
    return false;
  }
}
