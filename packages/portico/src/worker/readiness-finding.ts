// Why a handler that runs has not answered: what it does instead, and what its author should do.
import type { HandlerConfig } from '../core/function-app.ts';
import { type Address, listeningAddresses } from '../platform/ports.ts';
import { HANDLER_HOST } from './probe.ts';

export type Finding = { readonly finding: string; readonly advice: string };

export type FindingFacts = {
  readonly port: number;
  readonly section: HandlerConfig['section'];
  /** What its processes listen on; undefined where the system does not tell. */
  readonly addresses: readonly Address[] | undefined;
  /** What it answered that is not HTTP. */
  readonly garbage: string | undefined;
};

export async function findOut(facts: Omit<FindingFacts, 'addresses'> & { readonly pid: number }): Promise<Finding> {
  return describeFinding({ ...facts, addresses: await listeningAddresses(facts.pid) });
}

export function describeFinding({ port, section, addresses, garbage }: FindingFacts): Finding {
  if (garbage?.startsWith(TLS_ALERT)) {
    return { finding: 'It speaks TLS on that port.', advice: 'Let it speak plain HTTP: only the host calls it, on this machine.' };
  }
  if (garbage !== undefined) {
    return {
      finding: `It answered with something that is not HTTP: ${JSON.stringify(garbage)}.`,
      advice: 'Answer GET / in HTTP/1.1, with any status.',
    };
  }
  const readThePort = `Listen on ${HANDLER_HOST} and the port in the environment variable ${portVariable(section)} (in capitals)`;
  if (addresses === undefined) return { finding: '', advice: `${readThePort}.` };
  const [main] = [...addresses.filter(({ address }) => isEveryAddress(address)), ...addresses];
  if (main === undefined) {
    const advice = `${readThePort}: a handler is a web server, even if it only serves queues. If it needs longer to start, raise ${section}.initializationTimeout.`;
    return { finding: 'It listens on no port yet.', advice };
  }
  const onPort = addresses.filter((address) => address.port === port);
  if (onPort.some(({ address }) => REACHABLE.includes(address))) {
    return {
      finding: 'It listens there, but has not answered GET / yet.',
      advice: 'Answer GET / at once, with any status; long preparations may go on behind it.',
    };
  }
  const finding = `It listens on ${addresses.map(formatAddress).join(' and ')}, expected ${HANDLER_HOST}:${port}.`;
  if (onPort.length > 0) return { finding, advice: `Let it listen on ${HANDLER_HOST}, which is IPv4.` };
  return {
    finding,
    advice: section === 'customHandler' ? `${readThePort}, or set customHandler.port to ${main.port} in host.json.` : `${readThePort}.`,
  };
}

/** In which the handler finds its port. */
export function portVariable(section: HandlerConfig['section']): string {
  return section === 'customHandler' ? 'FUNCTIONS_CUSTOMHANDLER_PORT' : 'FUNCTIONS_HTTPWORKER_PORT';
}

const TLS_ALERT = '\x15\x03';

/** Where a connection to 127.0.0.1 arrives. */
const REACHABLE = [HANDLER_HOST, '0.0.0.0', '::', '::ffff:7f00:1'];

function formatAddress({ address, port }: Address): string {
  if (isEveryAddress(address)) return `:${port}`;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function isEveryAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
