import { tableNameUnusable } from '../../core/errors/table.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { isTableName } from './table-names.ts';

/** The name, now that its expressions are filled in. Throws HostError. */
export function tableNameForEvent(name: string, { name: binding }: Pick<BindingMetadata, 'name'>): string {
  if (!isTableName(name)) throw tableNameUnusable({ binding, table: name });
  return name;
}
