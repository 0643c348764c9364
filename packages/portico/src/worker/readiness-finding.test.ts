import { describe, expect, test } from 'vitest';
import type { Address } from '../platform/ports.ts';
import { describeFinding } from './readiness-finding.ts';

const at = (text: string): Address => ({ address: text.slice(0, text.lastIndexOf(' ')), port: Number(text.slice(text.lastIndexOf(' '))) });

describe('finding', () => {
  test.each<[addresses: string[], finding: string, advice: RegExp]>([
    [
      [':: 8080'],
      'It listens on :8080, expected 127.0.0.1:4711.',
      /^Listen on .*FUNCTIONS_CUSTOMHANDLER_PORT .*or set customHandler.port to 8080 in host.json/,
    ],
    [['127.0.0.1 9229', '0.0.0.0 8080'], 'It listens on 127.0.0.1:9229 and :8080, expected 127.0.0.1:4711.', /customHandler.port to 8080/],
    [['::1 4711'], 'It listens on [::1]:4711, expected 127.0.0.1:4711.', /IPv4/],
    [['127.0.0.1 4711'], 'It listens there, but has not answered GET / yet.', /Answer GET/],
    [[':: 4711', '127.0.0.1 9229'], 'It listens there, but has not answered GET / yet.', /Answer GET/],
    [['::ffff:7f00:1 4711'], 'It listens there, but has not answered GET / yet.', /Answer GET/],
    [[], 'It listens on no port yet.', /a handler is a web server.*customHandler.initializationTimeout/],
  ])('of a handler that listens on %j is "%s"', (addresses, finding, advice) => {
    const found = describeFinding({ port: 4711, section: 'customHandler', addresses: addresses.map(at), garbage: undefined });
    expect(found).toEqual({ finding, advice: expect.stringMatching(advice) });
  });

  test('names what the older section has, and no more', () => {
    const { advice } = describeFinding({ port: 4711, section: 'httpWorker', addresses: [at(':: 8080')], garbage: undefined });
    expect(advice).toBe('Listen on 127.0.0.1 and the port in the environment variable FUNCTIONS_HTTPWORKER_PORT (in capitals).');
  });

  test('is no more than advice where the system tells nothing', () => {
    expect(describeFinding({ port: 4711, section: 'customHandler', addresses: undefined, garbage: undefined })).toEqual({
      finding: '',
      advice: 'Listen on 127.0.0.1 and the port in the environment variable FUNCTIONS_CUSTOMHANDLER_PORT (in capitals).',
    });
  });

  test.each([
    ['\x15\x03\x01\x00\x02', 'It speaks TLS on that port.'],
    ['220 mail\r\n', 'It answered with something that is not HTTP: "220 mail\\r\\n".'],
  ])('of a handler that says %j is "%s"', (garbage, finding) => {
    expect(describeFinding({ port: 4711, section: 'customHandler', addresses: [at('127.0.0.1 4711')], garbage }).finding).toBe(finding);
  });
});
