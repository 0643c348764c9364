import type { Random } from '../core/random.ts';
import { newGuid } from './ids.ts';

export const systemRandom: Random = { fraction: Math.random, uuid: newGuid };
