import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { requestRemark } from './passing-remarks.ts';

const ask = (headers: Record<string, string> = {}): IncomingMessage => ({ headers }) as unknown as IncomingMessage;

test.each([
  ['forward', '/api/x?a=1&a=2', 'none', {}, 'AZURE_REPEATED_QUERY_KEYS'],
  ['forward', '/api/x?a=1&b=2&A=3', 'none', {}, 'AZURE_REPEATED_QUERY_KEYS'],
  ['legacy', '/x?a&b&a', 'none', {}, 'AZURE_REPEATED_QUERY_KEYS'],
  ['forward', '/api/x', 'chunked', {}, 'AZURE_CHUNKED_BODY'],
  ['forward', '/api/x', 'length', { 'content-encoding': 'gzip' }, 'AZURE_CONTENT_HEADERS'],
  ['proxy', '/api/a%2Fb?x', 'none', {}, 'AZURE_ESCAPED_SLASH'],
  ['proxy', '/api/x', 'length', { 'content-length': '1000000' }, 'AZURE_BODY_READ_FIRST'],
] as const)('in %s mode %s with a body of kind %s is remarked on', (mode, target, kind, headers, code) => {
  expect(requestRemark(mode, ask(headers), target, kind)?.code).toBe(code);
});

test.each([
  ['forward', '/api/x?a=1&b=2&ab=3&ba=1', 'none', {}],
  ['forward', '/api/x?a=1%2Fa=2&b', 'none', {}],
  ['forward', '/api/x', 'length', { 'content-length': '1000000' }],
  ['proxy', '/api/x?a=1&a=2', 'none', {}],
  ['proxy', '/api/x?y=%2F', 'none', {}],
  ['proxy', '/api/x', 'chunked', {}],
  ['proxy', '/api/x', 'length', { 'content-length': '10' }],
] as const)('in %s mode %s with a body of kind %s is alike on Azure', (mode, target, kind, headers) => {
  expect(requestRemark(mode, ask(headers), target, kind)).toBeUndefined();
});
