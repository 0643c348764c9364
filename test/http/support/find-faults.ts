// What of a case did not come true, in words.
import type { Pattern, RfcCase } from '../cases/rfc-case.ts';
import type { CaseResult } from './run-cases.ts';

export function findFaults(one: RfcCase, { outcome, text, answers, rest, requests, path }: CaseResult): string[] {
  const faults: string[] = [];
  const contains = (bytes: string, pattern: Pattern): boolean =>
    typeof pattern === 'string' ? `\r\n${bytes}\r\n`.includes(`\r\n${pattern.replaceAll('{path}', path)}\r\n`) : pattern.test(bytes);
  const check = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
  const allowed = one.answers.split(' | ');
  check(allowed.includes(outcome), `the caller gets ${outcome || 'nothing'}`);
  check(rest === '' || /cut/.test(outcome), `${JSON.stringify(rest.slice(0, 40))} follows the answer`);

  const statuses = outcome.match(/\d{3}/g) ?? [];
  const handled = one.handled ?? statuses.filter((status) => /^[235]/.test(status)).length;
  const last = requests.at(-1);
  if (one.broken) {
    check(!requests.some(({ complete }) => complete), 'the handler gets a whole request');
    check(requests.length <= 1, `the handler gets ${requests.length} requests`);
  } else {
    check(requests.length === handled, `the handler gets ${requests.length} requests`);
    check(last?.complete !== false, 'the handler gets half a request');
  }
  if (one.body !== undefined)
    check(last?.body === one.body.replaceAll('{path}', path), `the handler gets the body ${JSON.stringify(last?.body.slice(0, 60))}`);

  const received = requests.map(({ head, rawBody }) => `${head}\r\n\r\n${rawBody}`).join('\r\n');
  for (const pattern of one.gets ?? []) check(contains(received, pattern), `the handler does not get ${pattern}`);
  for (const pattern of one.getsNot ?? []) check(!contains(received, pattern), `the handler gets ${pattern}`);
  for (const pattern of one.caller ?? []) check(contains(text, pattern), `the caller does not get ${pattern}`);
  for (const pattern of one.callerNot ?? []) check(!contains(text, pattern), `the caller gets ${pattern}`);
  if (one.reply === undefined) {
    const finals = answers.filter(({ status }) => status >= 200);
    const strange = finals.find(({ status, body }, at) => status === 200 && body !== '' && body !== requests[at]?.target);
    check(strange === undefined, `the caller gets ${JSON.stringify(strange?.body.slice(0, 60))}, which is somebody else's`);
  }
  return faults;
}
