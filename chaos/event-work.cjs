// What handler.cjs does for an event of npm run chaos -- --events: it writes down that it begins and that it ends, and fails when the event says so.
// The text of an event: KEY KIND MILLISECONDS, as events/work.ts writes it.
'use strict';
const { appendFileSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');

/** Keys of blobs, of which nobody says how often they were tried. */
const seen = new Set();
let runCount = 0;

exports.answerEvent = async (functionName, { Data, Metadata }, response) => {
  const { key, fails, workMs } = functionName === 'Tick' ? tick(Metadata) : work(Object.values(Data)[0], Metadata);
  runCount += 1;
  const run = `${process.pid}-${runCount}`;
  note({ run, functionName, key, pid: process.pid, host: Number(process.env.CHAOS_HOST), begunMs: Date.now() });
  await sleep(workMs);
  // Before the answer, so that what the host knows is written down.
  note({ run, endedMs: Date.now(), succeeds: !fails });
  response.statusCode = fails ? 500 : 200;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(functionName === 'Relay' && !fails ? { Outputs: { next: key } } : {}));
};

const tick = ({ sys }) => ({ key: sys.UtcNow.slice(0, 19), fails: false, workMs: 0 });

function work(data, { DequeueCount }) {
  // A message is JSON text, a blob base64.
  const text = data.startsWith('"') ? JSON.parse(data) : Buffer.from(data, 'base64').toString();
  const [key, kind, workMs] = text.split(' ');
  const isFirst = DequeueCount === undefined ? !seen.has(key) : DequeueCount === '1';
  seen.add(key);
  return { key, fails: kind === 'doomed' || (kind === 'flaky' && isFirst), workMs: Number(workMs) };
}

/** Written and not flushed: it outlives the process, and that is all that is done to it here. */
const note = (line) => appendFileSync(process.env.CHAOS_EVENTS, `${JSON.stringify(line)}\n`);
