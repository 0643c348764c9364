// Which extensions there are: the only list. Each line costs a start what its declarations cost; the rest is loaded when a function needs it.
import type { BindingExtension } from '../core/extension.ts';

export const EXTENSIONS: readonly BindingExtension[] = [];
