// Of "portico start", before there is a host.
import { defineError, messageOf } from '../error.ts';

export const noPortFree = defineError('NO_PORT_FREE', 'service', (address: string, first: number, last: number) => ({
  message: `No port from ${first} to ${last} is free on ${address}.`,
  hint: 'Check that the address belongs to this machine, or name a port with --port.',
}));

export const userBeyondLoopback = defineError('USER_BEYOND_LOOPBACK', 'usage', (flag: string, address: string) => ({
  message: `With ${flag}, whoever reaches ${address} would pass for the one it names, from other machines as well.`,
  hint: `It is for tests on this machine: leave --address out to listen on 127.0.0.1, or leave ${flag} out.`,
}));

export const certificateUnusable = defineError(
  'CERTIFICATE_UNUSABLE',
  'usage',
  (file: string, reason: string, hint: string, cause?: unknown) => ({
    message: `The certificate ${file} cannot be used: ${reason}`,
    hint,
    cause,
  }),
);

export const readyFileUnwritable = defineError('READY_FILE_UNWRITABLE', 'usage', (file: string, cause: unknown) => ({
  message: `The ready file ${file} cannot be written: ${messageOf(cause)}`,
  hint: 'Name a file in a folder that this user may write to.',
  cause,
}));
