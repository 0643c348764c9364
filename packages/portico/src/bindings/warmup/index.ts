// Warmup: a trigger that runs a function once when the host starts, before there is work. https://learn.microsoft.com/azure/azure-functions/functions-bindings-warmup
import type { BindingExtension } from '../../core/extension.ts';

export const warmupExtension: BindingExtension = {
  name: 'warmup',
  hostOptions: undefined,
  types: {
    warmupTrigger: {
      options: {},
      describe: () => 'when the host starts',
      trigger: async () => (await import('./trigger.ts')).warmupTrigger,
    },
  },
};
