// `portico queue`: what people do by hand with the queues of an app. What each action does to them is in bindings/queue/queue-tools.ts.

import { isQueueName, queueNameOf } from '../bindings/queue/queue-name.ts';
import {
  listQueues,
  MOST_AT_A_TIME,
  messageEncodingOf,
  type PeekedMessage,
  peekQueue,
  purgeQueue,
  type QueueSize,
  replayPoison,
  sendToQueue,
} from '../bindings/queue/queue-tools.ts';
import { flagNotOfCommand, flagValueWrong } from '../core/errors/command-line.ts';
import { confirmationMissing } from '../core/errors/other-commands.ts';
import { queueToolNameWrong } from '../core/errors/queue.ts';
import type { LogRecord } from '../core/log.ts';
import type { QueueCommandLine } from './command-line.ts';
import { printable } from './console-reporter.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { createPalette, type Palette, wantsColour } from './palette.ts';
import { createPrinter, type Printer } from './printer.ts';
import type { Program } from './program.ts';
import { openQueueStorage, type QueueStorage } from './queue-storage.ts';
import { readData } from './read-data.ts';
import { stopRequest } from './stop-request.ts';

const USUALLY_PEEKED = 10;
/** Nobody counts further by hand. */
const MOST_REPLAYED = 1_000_000;

/** Azure's host calls the queue so where messages of another one end up. */
const POISON = /-poison$/;

type Work = {
  readonly storage: QueueStorage;
  readonly printer: Printer;
  readonly palette: Palette;
  readonly json: boolean;
  readonly signal: AbortSignal;
};

export async function queue(line: QueueCommandLine, program: Program): Promise<number> {
  const { stdout, stderr, clock, environment } = program;
  const aside = createPrinter(stderr, clock);
  // What is wrong with the command line is said before anything is opened.
  const act = await actionFor('queue' in line ? { ...line, queue: queueNamed(line.queue) } : line, program);
  if (line.action === 'purge' && !line.flags.yes && !(await isConfirmed(line.queue, program, aside))) return EXIT_CODES.failed.code;
  const gone = new AbortController();
  const log = ({ level, message, hint }: LogRecord): void => {
    // That an emulator runs already is worth a line each time: it may be that of another app.
    if (level === 'debug') return;
    void aside.line(hint === undefined ? message : `${message}\n  → ${hint}`);
  };
  // So that an emulator which was started for this is ended as well.
  void stopRequest(program).then(() => gone.abort());
  const storage = await openQueueStorage(line.flags, program, { log });
  try {
    const printer = createPrinter(stdout, clock);
    const palette = createPalette(wantsColour(stdout.isTty, environment));
    await act({ storage, printer, palette, json: line.flags.json ?? false, signal: gone.signal });
    return EXIT_CODES.ok.code;
  } catch (thrown) {
    if (gone.signal.aborted) return EXIT_CODES.interrupted.code;
    throw thrown;
  } finally {
    await storage.close();
  }
}

async function actionFor(line: QueueCommandLine, program: Program): Promise<(work: Work) => Promise<void>> {
  const { action, flags } = line;
  if (flags.count !== undefined && action !== 'peek' && action !== 'replay') throw flagNotOfCommand('--count', `queue ${action}`);
  if (flags.yes && action !== 'purge') throw flagNotOfCommand('--yes', `queue ${action}`);
  switch (action) {
    case 'send': {
      const { bytes } = await readData(line.data, program);
      return (work) => send(line.queue, bytes, work);
    }
    case 'peek': {
      const count = parseCount(flags.count, MOST_AT_A_TIME) ?? USUALLY_PEEKED;
      return (work) => peek(line.queue, count, work);
    }
    case 'replay': {
      const mostCount = parseCount(flags.count, MOST_REPLAYED) ?? Number.POSITIVE_INFINITY;
      return (work) => replay(line.queue, mostCount, work);
    }
    case 'purge':
      return (work) => purge(line.queue, work);
    case 'list':
      return list;
  }
}

/** As the service has it. Errors: QUEUE_TOOL_NAME_WRONG. */
function queueNamed(written: string): string {
  const name = queueNameOf(written);
  if (!isQueueName(name)) throw queueToolNameWrong(written);
  return name;
}

async function send(name: string, bytes: Uint8Array, { storage, printer, palette, json, signal }: Work): Promise<void> {
  await sendToQueue(storage.queues, name, bytes, messageEncodingOf(storage.hostSection()), signal);
  if (json) await printer.line(JSON.stringify({ queue: name, messageCount: 1 }));
  else await printer.line(`${palette.green('✓')} sent to ${name}`);
}

async function peek(name: string, count: number, { storage, printer, palette, json, signal }: Work): Promise<void> {
  const messages = await peekQueue(storage.queues, name, count, messageEncodingOf(storage.hostSection()), signal);
  for (const message of messages) await printer.line(json ? messageAsJson(name, message) : formatMessage(message, palette));
  if (messages.length === 0 && !json) await printer.line(`${name} is empty`);
}

async function replay(name: string, mostCount: number, { storage, printer, palette, json, signal }: Work): Promise<void> {
  const { from, to, messageCount } = await replayPoison(storage.queues, name, mostCount, signal);
  if (json) await printer.line(JSON.stringify({ queue: to, from, messageCount }));
  else if (messageCount === 0) await printer.line(`${from} is empty`);
  else await printer.line(`${palette.green('✓')} ${messages(messageCount)} of ${from} put back into ${to}`);
}

async function purge(name: string, { storage, printer, palette, json, signal }: Work): Promise<void> {
  const messageCount = await purgeQueue(storage.queues, name, signal);
  if (json) await printer.line(JSON.stringify({ queue: name, messageCount }));
  else await printer.line(`${palette.green('✓')} ${name} is empty now; it had about ${messages(messageCount)}`);
}

async function isConfirmed(name: string, { stdin }: Program, aside: Printer): Promise<boolean> {
  if (!stdin.isTty) throw confirmationMissing('queue purge');
  await aside.line(`Delete all messages of ${name}? Type y and Enter:`);
  const isYes = /^y(?:es)?$/i.test((await stdin.readLine()).trim());
  if (!isYes) await aside.line('Nothing was deleted.');
  return isYes;
}

async function list({ storage, printer, palette, json, signal }: Work): Promise<void> {
  const queues: QueueSize[] = [];
  for await (const each of listQueues(storage.queues, signal)) queues.push(each);
  if (json) {
    for (const { name, messageCount } of queues)
      await printer.line(JSON.stringify({ queue: name, messageCount, isPoison: POISON.test(name) }));
    return;
  }
  if (queues.length === 0) return printer.line('no queues');
  const nameWidth = Math.max(...queues.map(({ name }) => name.length));
  const countWidth = Math.max(...queues.map(({ messageCount }) => String(messageCount).length));
  for (const { name, messageCount } of queues) {
    const row = `${name.padEnd(nameWidth)}  ${String(messageCount).padStart(countWidth)}`;
    await printer.line(POISON.test(name) && messageCount > 0 ? palette.yellow(`${row}  portico queue replay ${name}`) : row);
  }
}

function parseCount(text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
  throw flagValueWrong('--count', text, `a number from 1 to ${most}`);
}

function formatMessage({ id, dequeueCount, insertedAt, text, content, isEncoded }: PeekedMessage, palette: Palette): string {
  const tries = dequeueCount === 0 ? 'not taken yet' : dequeueCount === 1 ? 'taken once' : `taken ${dequeueCount} times`;
  const facts = [
    `${insertedAt.toISOString().slice(0, 19)}Z`,
    tries,
    ...(isEncoded ? [] : ['not base64, so it would go to the poison queue']),
  ];
  const body = text === undefined ? [`(${content.length} bytes that are no text; --json shows them)`] : text.split(/\r?\n/).map(printable);
  return [palette.dim(`#${id.slice(0, 4)} ${facts.join(', ')}`), ...body.map((each) => `  ${each}`)].join('\n');
}

function messageAsJson(queue: string, { insertedAt, expiresAt, text, content, isEncoded, ...about }: PeekedMessage): string {
  const body = text === undefined ? { bodyBase64: Buffer.from(content).toString('base64') } : { body: text };
  return JSON.stringify({ queue, ...about, insertedAt, expiresAt, isEncoded, ...body });
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}
