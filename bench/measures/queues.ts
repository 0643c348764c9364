// Messages a second through the queue trigger, against a bare loop with the same library before the same Azurite; and memory while many go through.
// Azurite is the narrowest place: what a message costs the host's own core tells more.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import { makeEventApp } from '../apps.ts';
import type { Bench, Outcome } from '../bench.ts';
import { newFolder, type Server, startNode, startPortico, withSettings } from '../candidates.ts';
import { watchForeign } from '../load.ts';
import { cpuTime, loadCore, residentMb } from '../machine.ts';
import { benchFolder } from '../prerequisites.ts';
import { run, textOf } from '../processes.ts';
import { cleanCount, interleave, median, medianOf, type Rounds } from '../rounds.ts';
import { connectionStringFor, startStorage } from '../storage.ts';
import { table } from '../tables.ts';
import { figure } from './small-replies.ts';

type RateSample = { readonly perSecond: number; readonly cpuUsPerMessage: number; readonly foreignShare: number };
/** Medians, so that a moment before or after a garbage collection says nothing. */
type Growth = {
  readonly messageCount: number;
  readonly secondTenthMb: number;
  readonly lastTenthMb: number;
  readonly peakMb: number;
  readonly seconds: number;
  readonly samples: readonly RssSample[];
};
type RssSample = { readonly handledCount: number; readonly rssMb: number };

/** Azurite looks at every message for each that is deleted, so with more of them in a round that would be measured. */
const messageCount = { quick: 500, full: 1000 };
const memoryMessageCount = { quick: 10_000, full: 100_000 };
/** The most a queue gives; for both sides. */
const takenAtOnce = 32;
/** As many wait at most while memory is watched, for the same reason. */
const mostWaiting = 100;
const rssEveryMs = 200;
const longestWaitMs = 120_000;
/** As long as it may take for one of many, with all that is sent and deleted beside. */
const longestMessageMs = 20;

export async function queues(bench: Bench): Promise<Outcome> {
  const { workshop, options, report } = bench;
  if (bench.chosen(['forward']).length === 0) return { tables: [], figures: {}, samples: {} };
  await using running = new AsyncDisposableStack();
  const connection = connectionStringFor(await startStorage(workshop, running));
  const trigger = { type: 'queueTrigger', queueName: 'for-host' };
  const root = makeEventApp(newFolder(workshop, 'queues'), workshop.programs.handler, 'Message', trigger, {
    queues: { batchSize: takenAtOnce },
  });
  const host = await startPortico(withSettings(workshop, { AzureWebJobsStorage: connection }), 'queue-trigger', root, running);
  const loopArguments = (port: number) => [connection, 'for-loop', String(port), String(takenAtOnce)];
  const loop = await startNode(workshop, 'bare-loop', 'queues/bare-loop.mjs', loopArguments, running);

  const count = options.quick ? messageCount.quick : messageCount.full;
  const measure = (server: Server) => (server === host ? rateOfHost() : rateOfLoop());
  for (const server of [host, loop]) await measure(server); // For the compiler, as everywhere.
  const rounds = await interleave([host, loop], options, measure, report);
  const growth = await memoryOfHost();
  return {
    tables: [rateTable(rounds), growthTable(growth)],
    figures: {
      ...figure('queueRate', rounds, host.name, loop.name, ({ perSecond }) => perSecond),
      queueGrowth: growth.lastTenthMb - growth.secondTenthMb,
    },
    samples: { ...Object.fromEntries(rounds), growth },
  };

  /** Drained while the queue is filled. Going on starts the handler anew, so it is timed from the first message it saw until the last one is deleted. */
  async function rateOfHost(): Promise<RateSample> {
    await post('/admin/host/drain');
    await until(async () => (await textOf(host.port, '/admin/host/drain/status')).includes('Completed'));
    await fill('for-host', count, 0);
    await post('/admin/host/resume');
    await until(async () => (await handledCount()) > 0);
    return timed(host, count - (await handledCount()), async () => {
      await until(async () => (await handledCount()) >= count);
      const queue = new QueueClient(connection, 'for-host');
      await until(async () => (await queue.getProperties()).approximateMessagesCount === 0);
    });
  }

  async function rateOfLoop(): Promise<RateSample> {
    await fill('for-loop', count, 0);
    return timed(loop, count, () => textOf(loop.port, `/run?n=${count}`));
  }

  async function timed(server: Server, messages: number, work: () => Promise<unknown>): Promise<RateSample> {
    const pids = server.pids();
    const foreign = watchForeign();
    const before = cpuTime(pids);
    const startedMs = performance.now();
    await work();
    const seconds = (performance.now() - startedMs) / 1000;
    const after = cpuTime(pids);
    const cpuUs = after.userUs - before.userUs + after.systemUs - before.systemUs;
    return { perSecond: messages / seconds, cpuUsPerMessage: cpuUs / messages, foreignShare: foreign.share() };
  }

  async function memoryOfHost(): Promise<Growth> {
    const total = options.quick ? memoryMessageCount.quick : memoryMessageCount.full;
    const pids = host.pids();
    const startedMs = performance.now();
    const handledBefore = await handledCount();
    const samples: RssSample[] = [];
    const filling = fill('for-host', total, mostWaiting);
    for (let handled = 0; handled < total; await Promise.race([sleep(rssEveryMs), filling.then(() => sleep(rssEveryMs))])) {
      handled = (await handledCount()) - handledBefore;
      samples.push({ handledCount: handled, rssMb: residentMb(pids) });
      if (performance.now() - startedMs > total * longestMessageMs)
        throw new Error(`Of ${total} messages ${total - handled} were not handled.`);
      if (samples.length % 100 === 0) report(`memory: ${handled} of ${total} messages`);
    }
    await filling;
    const tenth = (number: number) =>
      median(
        samples
          .filter(({ handledCount }) => handledCount > (total * (number - 1)) / 10 && handledCount <= (total * number) / 10)
          .map(({ rssMb }) => rssMb),
      );
    return {
      messageCount: total,
      secondTenthMb: tenth(2),
      lastTenthMb: tenth(10),
      peakMb: Math.max(...samples.map(({ rssMb }) => rssMb)),
      seconds: (performance.now() - startedMs) / 1000,
      samples,
    };
  }

  function fill(queue: string, howMany: number, mostAtATime: number): Promise<string> {
    const args = [join(benchFolder, 'queues/fill.mjs'), connection, queue, String(howMany), String(mostAtATime)];
    return run('taskset', ['-c', String(loadCore), workshop.nodePath, ...args], workshop.env);
  }

  async function handledCount(): Promise<number> {
    return Number(await textOf(host.port, '/api/count'));
  }

  async function post(path: string): Promise<void> {
    const { ok, status } = await fetch(`http://127.0.0.1:${host.port}${path}`, { method: 'POST' });
    if (!ok) throw new Error(`${path} answered ${status}.`);
  }
}

function rateTable(rounds: Rounds<RateSample>): string {
  return table(
    'Messages of a storage queue, a no-op handler in Go',
    ['what', 'messages/s', 'CPU µs/message', 'clean rounds'],
    [...rounds.keys()].map((name) => [
      name,
      medianOf(rounds, name, ({ perSecond }) => perSecond).toFixed(0),
      medianOf(rounds, name, ({ cpuUsPerMessage }) => cpuUsPerMessage).toFixed(0),
      cleanCount(rounds, name),
    ]),
  );
}

function growthTable({ messageCount, secondTenthMb, lastTenthMb, peakMb, seconds }: Growth): string {
  return table(
    `RSS in MB while ${messageCount} messages go through, ${(messageCount / seconds).toFixed(0)} a second with those who send them`,
    ['what', 'second tenth', 'last tenth', 'peak'],
    [['queue-trigger', secondTenthMb.toFixed(1), lastTenthMb.toFixed(1), peakMb.toFixed(1)]],
  );
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + longestWaitMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not every message was handled within ${longestWaitMs / 1000} s.`);
    await sleep(20);
  }
}
