// Rows of Azure Table Storage as inputs and outputs. What a binding may say is in options.ts, what is wrong with one in check.ts.
//
//   in    input.ts asks read-rows.ts for what filter.ts makes of the binding; stored-row.ts turns a row into what the handler gets
//   out   output.ts takes new-row.ts's rows, and batches.ts says which of them are written together
import type { BindingExtension } from '../../core/extension.ts';
import { checkTable } from './check.ts';
import { TABLE_OPTIONS } from './options.ts';

export const tableExtension: BindingExtension = {
  name: 'tables',
  hostOptions: undefined,
  types: {
    table: {
      connectsTo: 'storage',
      options: TABLE_OPTIONS,
      check: checkTable,
      input: async () => (await import('./input.ts')).tableInput,
      output: async () => (await import('./output.ts')).tableOutput,
    },
  },
};
