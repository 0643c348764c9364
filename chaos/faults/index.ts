import type { Fault } from '../fault.ts';
import { closeMidBody } from './close-mid-body.ts';
import { exitZero } from './exit-zero.ts';
import { floodOutput } from './flood-output.ts';
import { freeze } from './freeze.ts';
import { garbage } from './garbage.ts';
import { grandchildren } from './grandchildren.ts';
import { hostKill } from './host-kill.ts';
import { kill } from './kill.ts';
import { killOneOfTwo } from './kill-one-of-two.ts';
import { leakDescriptors } from './leak-descriptors.ts';
import { reloads } from './reloads.ts';
import { slow } from './slow.ts';
import { stop } from './stop.ts';

/** In the order of the report. */
export const faults: readonly Fault[] = [
  kill,
  killOneOfTwo,
  exitZero,
  freeze,
  leakDescriptors,
  garbage,
  closeMidBody,
  slow,
  floodOutput,
  grandchildren,
  hostKill,
  stop,
  reloads,
];
