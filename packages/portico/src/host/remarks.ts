// What is worth saying once per function and subject, such as what Azure would do differently.
import type { RunLog } from '../invocation/invocation-host.ts';

export type Remarks = (where: RunLog, code: string, message: string) => void;

export function createRemarks(): Remarks {
  const said = new Set<string>();
  return (where, code, message) => {
    const subject = `${where.functionName} ${code}`;
    if (said.has(subject)) return;
    said.add(subject);
    where.log('warning', message, { code });
  };
}
