// ISO dates in what a function gives. Azure's host reads them as dates and writes them in another form; here they stay as they are, and that is said.
import type { JsonValue } from './function-app.ts';
import { isJsonObject } from './json-value.ts';
import type { Remark } from './remark.ts';
import { dateKept } from './remarks/invocation.ts';

const DATE = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?`;
const OFFSET = String.raw`[-+]\d\d:\d\d`;
const IS_DATE = new RegExp(`^${DATE}(?:Z|${OFFSET})?$`);
const IS_DATE_WITH_OFFSET = new RegExp(`^${DATE}${OFFSET}$`);

/** Whether the text is what Azure's host takes for a date. */
export const isIsoDate = (text: string): boolean => IS_DATE.test(text);

/** On something that is sent as text: what would become of its dates. `what`: `a body`. */
export function dateRemark(value: JsonValue, what: string): Remark | undefined {
  if (typeof value === 'string' ? !isIsoDate(value) : !holdsDateWithOffset(value)) return undefined;
  return dateKept(
    typeof value === 'string'
      ? `${what} that is an ISO date arrives as MM/dd/yyyy HH:mm:ss`
      : `ISO dates in ${what} are moved from their offset to the host's time zone`,
  );
}

function holdsDateWithOffset(value: JsonValue): boolean {
  if (typeof value === 'string') return IS_DATE_WITH_OFFSET.test(value);
  if (Array.isArray(value)) return value.some(holdsDateWithOffset);
  return isJsonObject(value) && Object.values(value).some(holdsDateWithOffset);
}
