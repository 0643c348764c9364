import { systemClock } from '../../platform/system-clock.ts';
import { systemRandom } from '../../platform/system-random.ts';
import { openState } from '../../state/open-state.ts';
import { testContext } from '../../testing/binding-context.ts';
import { blobScanner } from './blob-scanner.ts';
import { blobTrigger } from './trigger.ts';

const cs =
  'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:21100/devstoreaccount1;QueueEndpoint=http://127.0.0.1:21101/devstoreaccount1;';
const never = new AbortController().signal;
for (const kind of process.argv.slice(2)) {
  let n = 0;
  const t = testContext({
    settings: kind === 'sqlite' ? { AzureWebJobsStorage: 'UseDevelopmentStorage=true' } : { AzureWebJobsStorage: cs },
    emulator: async () => ({ connectionString: cs, blob: '', queue: '', table: '' }),
    clock: systemClock,
    run: () => {
      n++;
      return { status: 'succeeded', invocationId: 'x' };
    },
  });
  const hostId = process.env.HOSTID ?? `m-${kind}-${Date.now()}`.slice(0, 30);
  const root = process.env.ROOT ?? `/tmp/blobaz/root-${kind}-${Date.now()}`;
  (await import('node:fs')).mkdirSync(root, { recursive: true });
  const state = openState({ root, settings: t.context.settings, log: t.context.log, clock: systemClock, random: systemRandom });
  const context = { ...t.context, hostId, state, functionName: 'OnBlob' };
  const l = blobTrigger.createListener(
    {
      name: 'f',
      type: 'blobTrigger',
      direction: 'in',
      dataType: undefined,
      cardinality: undefined,
      properties: { path: process.env.PATTERN ?? 'many/{name}' },
    },
    context as never,
  );
  const t0 = performance.now();
  const c0 = process.cpuUsage();
  await l.start(never);
  const want = Number(process.env.WANT ?? 10000);
  let last = -1,
    lastT = 0;
  while (n < want) {
    await new Promise((r) => setTimeout(r, 2000));
    if (n === last && performance.now() - lastT > 60000) break;
    if (n !== last) {
      last = n;
      lastT = performance.now();
    }
    console.log(Math.round(performance.now() - t0), n, t.records.length);
  }
  const c = process.cpuUsage(c0);
  console.log(
    kind,
    'ran',
    n,
    'in',
    Math.round(performance.now() - t0),
    'ms; cpu',
    Math.round((c.user + c.system) / 1000),
    'ms',
    state.place,
  );
  // steady state
  const c1 = process.cpuUsage();
  const e0 = performance.now();
  const el0 = performance.eventLoopUtilization();
  let worst = 0;
  let prev = performance.now();
  const iv = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - prev - 10);
    prev = now;
  }, 10);
  await new Promise((r) => setTimeout(r, 30000));
  clearInterval(iv);
  const c2 = process.cpuUsage(c1);
  console.log(
    kind,
    'steady 30s: own cpu',
    Math.round((c2.user + c2.system) / 1000),
    'ms, worst loop block',
    Math.round(worst),
    'ms, extra runs',
    n - want,
    'rss',
    Math.round(process.memoryUsage().rss / 1e6),
    'heap',
    Math.round(process.memoryUsage().heapUsed / 1e6),
  );
  await l.stop(never);
  await state.close();
  console.log(t.records.slice(0, 5));
}
