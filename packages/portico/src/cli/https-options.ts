import { resolve } from 'node:path';
import { messageOf } from '../core/error.ts';
import { certificateUnusable, flagNeedsAnother } from '../core/error-catalogue.ts';
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
