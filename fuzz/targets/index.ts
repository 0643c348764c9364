// All targets. Add one here: a kind of input, and what must hold of each.
import type { Target } from '../target.ts';
import { adminRequests } from './admin-requests.ts';
import { appFiles } from './app-files.ts';
import { envelopes } from './envelopes.ts';
import { expressions } from './expressions.ts';
import { growth } from './growth.ts';
import { keyDocuments } from './key-documents.ts';
import { passedHeaders } from './passed-headers.ts';
import { replyReader } from './reply-reader.ts';
import { replyWire } from './reply-wire.ts';
import { requestBytes } from './request-bytes.ts';
import { requestTargets } from './request-targets.ts';
import { routeTemplates } from './route-templates.ts';
import { schedules } from './schedules.ts';
import { storageTexts } from './storage-texts.ts';

/** What the inputs of each are, nobody but itself needs to know. */
export const targets = [
  requestTargets,
  requestBytes,
  passedHeaders,
  adminRequests,
  routeTemplates,
  appFiles,
  keyDocuments,
  replyReader,
  replyWire,
  envelopes,
  expressions,
  storageTexts,
  schedules,
  growth,
] as unknown as readonly Target[];
