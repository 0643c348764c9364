// What function.json may say of a table.
import { boundText, flag } from '../../core/option-values.ts';
import type { Option } from '../../core/options.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-table';

/** A number, or the setting that holds one: an integer option would refuse the latter before it is looked up. */
const take: Option<string | undefined> = {
  ...boundText('settings', {
    doc: 'Input: the most rows to read, as a number or as "%SETTING%". Absent or 0: all.',
    source: `${DOCS}-input#configuration`,
  }),
  schema: () => ({ type: ['integer', 'string'] }),
};

export const TABLE_OPTIONS = {
  tableName: boundText('expressions', {
    doc: 'The table: 3 to 63 letters and digits, a letter first.',
    source: `${DOCS}-input#configuration`,
  }),
  partitionKey: boundText('expressions', {
    doc: 'Input: the partition to read; absent: all of them. Output: the PartitionKey of rows that bring none.',
    source: `${DOCS}-input#configuration`,
  }),
  rowKey: boundText('expressions', {
    doc: 'Output: the RowKey of rows that bring none. Input: nothing, here as on Azure, unless "pointRead" is true.',
    source: `${DOCS}-output#configuration`,
  }),
  filter: boundText('expressions', {
    doc: 'Input: an OData filter, such as "Age gt {age} and Name eq \'{name}\'".',
    source: `${DOCS}-input#configuration`,
  }),
  take,
  pointRead: flag({
    default: false,
    doc: 'Input: the one row that partitionKey and rowKey name, as an object, or null. Azure knows no such switch and gives an array of the whole partition.',
  }),
  connection: boundText('settings', {
    doc: 'Name of the app setting, or of the group of settings, that says which storage account. Absent: AzureWebJobsStorage.',
    source: `${DOCS}#connections`,
  }),
};

/** NaN: it is no number. */
export function takeCount(written: string | undefined): number | undefined {
  if (written === undefined || written.trim() === '') return undefined;
  const count = /^\s*\d{1,9}\s*$/.test(written) ? Number(written) : Number.NaN;
  return count === 0 ? undefined : count;
}
