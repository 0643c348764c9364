// Which extensions there are: the only list. Each line costs a start what its declarations cost; the rest is loaded when a function needs it.
import type { BindingExtension } from '../core/extension.ts';
import { blobExtension } from './blob/index.ts';
import { queueExtension } from './queue/index.ts';
import { tableExtension } from './table/index.ts';
import { timerExtension } from './timer/index.ts';
import { warmupExtension } from './warmup/index.ts';

export const EXTENSIONS: readonly BindingExtension[] = [blobExtension, queueExtension, tableExtension, timerExtension, warmupExtension];
