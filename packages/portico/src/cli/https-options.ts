import type { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { messageOf } from '../core/error.ts';
import { flagNeedsAnother } from '../core/errors/command-line.ts';
import { certificateUnusable } from '../core/errors/start-command.ts';
import type { HostOptions } from '../host/create-host.ts';
import type { StartFlags } from './flags.ts';
import type { Program } from './program.ts';

type HttpsOptions = {
  readonly https?: NonNullable<HostOptions['https']>;
  /** The certificate callers have to trust, when the server's was made here. */
  readonly authorityFile?: string;
};

/** Where HTTPS takes its certificate from. What reads or makes one is loaded only when it is wanted. */
export async function readHttpsOptions(flags: StartFlags, { environment, workingDirectory, clock }: Program): Promise<HttpsOptions> {
  const { https, cert, password, address } = flags;
  if (password !== undefined && cert === undefined) throw flagNeedsAnother('--password', '--cert');
  if (cert !== undefined) {
    const { readCertificate } = await import('./certificate-file.ts');
    return { https: readCertificate(resolve(workingDirectory, cert), password) };
  }
  if (!https) return {};
  const { localCertificate } = await import('./local-certificate.ts');
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', ...(address ? [address] : [])])];
  try {
    const { authorityFile, ...made } = await localCertificate({ environment, now: clock.now(), hosts });
    return { https: made, authorityFile };
  } catch (thrown) {
    throw certificateUnusable(
      'for this machine',
      messageOf(thrown),
      'Name another folder in XDG_STATE_HOME, or a certificate with --cert.',
      thrown,
    );
  }
}

type ClientCertificateOption = {
  readonly clientCertificate?: NonNullable<HostOptions['clientCertificate']>;
  /** What a handler may find wrong with it. */
  readonly remark?: string;
};

/** What callers present, or are asked for. */
export async function readClientCertificateOption(
  { 'client-cert': wanted, https, cert }: StartFlags,
  { workingDirectory, clock }: Program,
): Promise<ClientCertificateOption> {
  if (wanted === undefined) return {};
  if (wanted === 'ask') {
    if (!https && cert === undefined) throw flagNeedsAnother('--client-cert ask', '--https');
    return { clientCertificate: 'ask' };
  }
  const { readClientCertificate } = await import('./certificate-file.ts');
  const file = resolve(workingDirectory, wanted);
  const clientCertificate = readClientCertificate(file);
  const fault = datesFault(clientCertificate, clock.now());
  return {
    clientCertificate,
    ...(fault !== undefined && { remark: `The certificate ${file} ${fault}: a handler that looks at its dates refuses it.` }),
  };
}

function datesFault({ validFromDate, validToDate }: X509Certificate, now: Date): string | undefined {
  if (now > validToDate) return `expired on ${validToDate.toISOString()}`;
  return now < validFromDate ? `is not valid before ${validFromDate.toISOString()}` : undefined;
}
