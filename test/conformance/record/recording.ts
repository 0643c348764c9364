// Puts together what is known of one scenario: everything (for reading) and the normalised form (for comparing).
import type { AppFolder } from './app-folder.ts';
import type { Azurite } from './azurite.ts';
import type { Ending, Host } from './host.ts';
import { normalise } from './normalise.ts';
import type { RunFacts } from './scrub.ts';
import type { App, HandlerRecord, Scenario, StepResults } from './types.ts';

/** A scenario that was performed, or with tag "boot" how the host of a group started and ended its handler. */
export type Performed = { scenario: Omit<Scenario, 'app'> & { app: App }; results: StepResults; log: string };
export type Surroundings = { host: Host; folder: AppFolder; storage: Azurite | undefined; ending: Ending; own: boolean };
export type Recorded = { id: string; full: object; normalised: Record<string, unknown> };

const LOG_TAIL_LINES = 40;

export function recordingOf({ scenario, results, log }: Performed, { host, folder, storage, ending, own }: Surroundings): Recorded {
  const { id, about, tags, app, steps, rules, start, unordered } = scenario;
  const isBoot = tags.includes('boot');
  const all = folder.records();
  const mine = all.filter((record) => record.scenario === (isBoot ? null : id));
  const ofKind = (...kinds: string[]) => mine.filter(({ kind }) => kinds.includes(kind)).map(({ scenario: _, ...rest }) => rest);
  const probes = ofKind('probe');
  const received = keepSome(ofKind('request', 'upgrade', 'upgraded-bytes'), scenario.keep);
  const headerVersion = received
    .flatMap(({ rawHeaders = [] }) => rawHeaders)
    .find(([name]) => /^x-azure-functions-hostversion$/i.test(name))?.[1];
  const full = {
    id,
    about,
    tags,
    ...(unordered && { unordered }),
    stimuli: { app, rules, start, steps },
    callerGot: results.callerGot,
    handlerReceived: received,
    ...some('queues', results.queues),
    ...some('blobs', results.blobs),
    ...some('tables', results.tables),
    ...some('files', results.files),
    ...some('notes', results.notes),
    ...(own || isBoot ? { handlerStarts: ofKind('start', 'listen-failed') } : some('handlerStarts', ofKind('start'))),
    // The host that was recorded cannot be told to stop, so what its handlers notice of the end is not known.
    ...(own || isBoot
      ? some(
          'signals',
          ofKind('signal').filter(({ at }) => at < ending.askedAt),
        )
      : {}),
    // How often the host asks is a matter of timing; that and how it asks is not.
    ...(own || isBoot ? { probes: { seen: probes.length > 0, first: probes[0] } } : {}),
    ...(own && { hostStatus: host.status && { state: host.status.state, errors: host.status.errors } }),
    ...(own && ending.exitedAlone && { hostExit: ending.exit }),
    readyAfterMs: host.readyAfterMs,
    hostVersion: host.status?.version ?? headerVersion,
    hostLogTail: log.split('\n').slice(-LOG_TAIL_LINES),
  };
  const facts: RunFacts = {
    paths: [
      [folder.root, '<app>'],
      [folder.work, '<work>'],
    ],
    ports: portsOf(all, host, storage),
    hostId: host.status?.id,
    versions: [host.status?.versionDetails, host.status?.version, headerVersion],
    scrub: scenario.scrub,
    givenText: JSON.stringify([steps, rules, start, app.hostJson, app.env]),
  };
  // Through JSON, as the recordings have been: what is undefined is absent.
  return { id, full, normalised: JSON.parse(JSON.stringify(normalise(full, facts))) as Record<string, unknown> };
}

const some = (name: string, list: unknown[]) => (list.length > 0 ? { [name]: list } : {});

/** A timer fires as often as there is time: such a scenario says which requests it is about, and how many of them. */
function keepSome<T extends { url?: string }>(received: T[], { path, count = Infinity }: { path?: string; count?: number } = {}): T[] {
  return received.filter(({ url }) => path === undefined || url === path).slice(0, count);
}

function portsOf(records: HandlerRecord[], host: Host, storage: Azurite | undefined): RunFacts['ports'] {
  const handlerPorts = records.flatMap(({ kind, port, env }) => {
    if (kind === 'listening' && port !== undefined) return [port];
    return kind === 'start' ? [Number(env?.FUNCTIONS_CUSTOMHANDLER_PORT)] : [];
  });
  return [
    [host.port, '<host-port>'],
    ...[...new Set(handlerPorts)].map((port): [number, string] => [port, '<handler-port>']),
    ...(storage?.ports ?? []).map((port): [number, string] => [port, '<storage-port>']),
  ];
}
