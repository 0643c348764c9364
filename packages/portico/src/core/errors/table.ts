// Of tables.
import { onAzure } from '../azure.ts';
import { defineError } from '../error.ts';

type TableRowPlace = { readonly output: string; readonly table: string; readonly row: string };

export const tableNameUnusable = defineError('TABLE_NAME_UNUSABLE', 'config', (facts: { binding: string; table: string }) => ({
  message: `The table of the binding "${facts.binding}" is ${JSON.stringify(facts.table)} for this event, which cannot be the name of a table.`,
  hint: `It is 3 to 63 letters and digits, and a letter comes first. What its expressions stand for comes from the event: check that. ${onAzure(`'${facts.table}' is not a valid name for an Azure table`)}`,
}));

export const tableMissing = defineError(
  'TABLE_MISSING',
  'service',
  (facts: { binding: string; table: string; account: string; cause: unknown }) => ({
    message: `The input "${facts.binding}" cannot read the table "${facts.table}": there is none of that name in the storage account ${facts.account}.`,
    hint: `az storage table create --name ${facts.table} --connection-string "..." makes it, and so does the first row that a table output writes. ${onAzure('The table specified does not exist.')}`,
    cause: facts.cause,
  }),
);

export const tableFilterValueUnusable = defineError(
  'TABLE_FILTER_VALUE_UNUSABLE',
  'config',
  (facts: { binding: string; expression: string }) => ({
    message: `{${facts.expression}} in "filter" of the binding "${facts.binding}" stands without quotes, and its value is neither a number nor true or false.`,
    hint: `Put quotes around it if it is text: '{${facts.expression}}'. ${onAzure(`An invalid parameter value was specified for filter parameter '${facts.expression}'.`)}`,
  }),
);

export const tableFilterRefused = defineError(
  'TABLE_FILTER_REFUSED',
  'config',
  (facts: { binding: string; table: string; filter: string; cause: unknown }) => ({
    message: `The input "${facts.binding}" cannot read the table "${facts.table}": the service does not understand its filter ${JSON.stringify(facts.filter)}.`,
    hint: "Compare a property with a value: Name eq 'Ada', Age gt 36, Big eq 5L, Born lt datetime'2024-01-31T00:00:00Z'; join such with and, or, not. https://learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities",
    cause: facts.cause,
  }),
);

export const tableInputTooLarge = defineError(
  'TABLE_INPUT_TOO_LARGE',
  'service',
  (facts: { binding: string; table: string; rowCount: number; limitCharacters: number }) => ({
    message: `The input "${facts.binding}" reads too much of the table "${facts.table}": its first ${facts.rowCount} rows have more than ${facts.limitCharacters} characters as JSON, and there are others.`,
    hint: 'Name a partition, or say which rows with "filter" or how many with "take". Azure has no such limit, but holds all of it in memory several times.',
  }),
);

export const tableKeyAbsent = defineError('TABLE_KEY_ABSENT', 'worker', (facts: TableRowPlace & { key: string }) => ({
  message: `${facts.row} of the output "${facts.output}" to the table "${facts.table}" has no ${facts.key}: neither the row nor the binding says one.`,
  hint: `Put "${facts.key}" into the row, or "${facts.key.replace(/^./, (letter) => letter.toLowerCase())}" into the binding; expressions may stand there. Nothing was written.`,
}));

export const tableKeyNotText = defineError('TABLE_KEY_NOT_TEXT', 'worker', (facts: TableRowPlace & { key: string; got: string }) => ({
  message: `${facts.key} of ${facts.row.toLowerCase()} of the output "${facts.output}" to the table "${facts.table}" is ${facts.got}, but it has to be text.`,
  hint: `Write it in quotes: {"${facts.key}":"7"}. Nothing was written. On Azure the invocation fails as well.`,
}));

export const tableKeyUnusable = defineError(
  'TABLE_KEY_UNUSABLE',
  'worker',
  (facts: TableRowPlace & { key: string; text: string; reason: string }) => ({
    message: `${facts.key} of ${facts.row.toLowerCase()} of the output "${facts.output}" to the table "${facts.table}" is ${JSON.stringify(facts.text)}, and no row can have that key: it ${facts.reason}.`,
    hint: `Keys hold no "/", "\\", "#" or "?" and no control characters; encodeURIComponent makes one of any text. Nothing was written. ${onAzure('is not a valid value for a partition key or row key.')}`,
  }),
);

export const tableNumberTooLarge = defineError('TABLE_NUMBER_TOO_LARGE', 'worker', (facts: TableRowPlace & { property: string }) => ({
  message: `"${facts.property}" in ${facts.row.toLowerCase()} of the output "${facts.output}" to the table "${facts.table}" is a whole number of more than 64 bits, which no table holds.`,
  hint: 'Write it as text. Nothing was written.',
}));

type TableRowFailure = {
  readonly binding: string;
  readonly table: string;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly writtenCount: number;
  readonly rowCount: number;
  readonly cause: unknown;
};

function describeRow({ binding, table, partitionKey, rowKey }: TableRowFailure): string {
  return `The output "${binding}" cannot write the row with PartitionKey ${JSON.stringify(partitionKey)} and RowKey ${JSON.stringify(rowKey)} to the table "${table}"`;
}

const writtenBefore = ({ writtenCount, rowCount }: TableRowFailure): string =>
  rowCount === 1 ? '' : ` ${writtenCount} of ${rowCount} rows are written.`;

export const tableRowExists = defineError('TABLE_ROW_EXISTS', 'service', (facts: TableRowFailure) => ({
  message: `${describeRow(facts)}: it is there already.${writtenBefore(facts)}`,
  hint: `Add "ETag": "*" to the row to replace what is there. ${onAzure('The specified entity already exists.')}`,
  cause: facts.cause,
}));

export const tableRowChanged = defineError('TABLE_ROW_CHANGED', 'service', (facts: TableRowFailure) => ({
  message: `${describeRow(facts)}: what is there has another ETag, so somebody has written it since.${writtenBefore(facts)}`,
  hint: `Read it anew, or write "ETag": "*" to replace it whatever it is. ${onAzure('The update condition specified in the request was not satisfied.')}`,
  cause: facts.cause,
}));

export const tableRowMissing = defineError('TABLE_ROW_MISSING', 'service', (facts: TableRowFailure) => ({
  message: `${describeRow(facts)}: its ETag says which version to replace, but there is no such row.${writtenBefore(facts)}`,
  hint: `Leave "ETag" out to insert the row, or write "*". ${onAzure('The specified resource does not exist.')}`,
  cause: facts.cause,
}));
