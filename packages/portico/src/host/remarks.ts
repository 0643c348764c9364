// What is worth saying once per function and subject, such as what Azure would do differently.
import type { Call } from '../http/call.ts';

export type Remarks = (call: Call, code: string, message: string) => void;

export function createRemarks(): Remarks {
  const said = new Set<string>();
  return (call, code, message) => {
    const subject = `${call.functionName} ${code}`;
    if (said.has(subject)) return;
    said.add(subject);
    call.log('warning', message, { code: code.split(' ', 1)[0] as string });
  };
}
