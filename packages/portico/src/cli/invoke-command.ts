import type { FunctionSummary } from '../host/create-host.ts';

const USUAL_URL = 'http://127.0.0.1:7071';

/** Whether `portico invoke` is the way to run it: nobody can call it, and nothing is wrong with it. */
export function isInvoked({ url, problem, type }: FunctionSummary): boolean {
  return url === undefined && problem === undefined && type !== '';
}

/** What runs the function by hand, ready to be pasted into a shell: names of functions need no quotes. */
export function invokeCommand(functionName: string, hostUrl: string): string {
  const { protocol, hostname, port } = new URL(hostUrl);
  if (hostUrl === USUAL_URL) return `portico invoke ${functionName}`;
  if (protocol === 'http:' && hostname === '127.0.0.1' && port !== '') return `portico invoke ${functionName} --port ${port}`;
  return `portico invoke ${functionName} --url ${hostUrl}`;
}
