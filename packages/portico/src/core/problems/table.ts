// Problems of a binding to a table. An error takes that function down and no other.
import { defineProblem } from '../problem.ts';

const NAME_RULE = 'It is 3 to 63 letters and digits, and a letter comes first: "People".';

export const tableNameMissing = defineProblem('TABLE_NAME_MISSING', 'error', () => ({
  message: 'The binding has no "tableName".',
  hint: NAME_RULE,
}));

export const tableNameInvalid = defineProblem('TABLE_NAME_INVALID', 'error', (name: string) => ({
  message: `${JSON.stringify(name)} cannot be the name of a table.`,
  hint: NAME_RULE,
  azureMessage: `'${name}' is not a valid name for an Azure table`,
}));

export const tableKeyInvalid = defineProblem('TABLE_KEY_INVALID', 'error', (property: string, key: string, reason: string) => ({
  message: `"${property}" is ${JSON.stringify(key)}, and no row can have that key: it ${reason}.`,
  hint: 'Keys hold no "/", "\\", "#" or "?" and no control characters.',
  azureMessage: `'${key}' is not a valid value for a partition key or row key. Ensure that the table entity contains valid 'PartitionKey' and 'RowKey' values.`,
}));

export const tableTakeInvalid = defineProblem('TABLE_TAKE_INVALID', 'error', (found: string) => ({
  message: `"take" is ${JSON.stringify(found)}, which is no number of rows.`,
  hint: 'Write a whole number, or leave it out to read all.',
  azureMessage: 'Input string was not in a correct format.',
}));

export const tableRowKeyIgnored = defineProblem('TABLE_ROW_KEY_IGNORED', 'warning', (rowKey: string) => ({
  message: '"rowKey" means nothing to an input: the handler gets an array of the whole partition, here as on Azure.',
  hint: `For an array of that one row, here and on Azure, write "filter": ${JSON.stringify(`RowKey eq '${rowKey.replaceAll("'", "''")}'`)}. For the row itself write "pointRead": true, which Azure does not know.`,
}));

export const tablePointReadUnclear = defineProblem('TABLE_POINT_READ_UNCLEAR', 'error', (reason: string) => ({
  message: `"pointRead" is true, but ${reason}.`,
  hint: 'It reads the one row that "partitionKey" and "rowKey" name. Without it, an array is read.',
}));
