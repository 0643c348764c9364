// What is worth saying once per function and subject, such as what Azure would do differently.
import type { Remark } from '../core/remark.ts';
import type { RunLog } from '../invocation/invocation-host.ts';

export type Remarks = (where: RunLog, remark: Remark) => void;

export function createRemarks(): Remarks {
  const said = new Set<string>();
  return (where, { code, message, hint, about }) => {
    const subject = [where.functionName, code, about].join(' ');
    if (said.has(subject)) return;
    said.add(subject);
    where.log('warning', message, { code, hint });
  };
}
