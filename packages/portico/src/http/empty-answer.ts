import { reasonPhrase } from './reason-phrase.ts';

/** An answer without a body, with which the connection ends: for a caller that has no request node:http could answer. */
export function emptyAnswer(status: number, date: string, headerLines = ''): string {
  return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\nContent-Length: 0\r\nConnection: close\r\nDate: ${date}\r\n${headerLines}\r\n`;
}
