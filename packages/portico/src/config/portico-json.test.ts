import { describe, expect, test } from 'vitest';
import { appFolder } from '../../../../test/support/app-folder.ts';
import { readPorticoJson } from './portico-json.ts';

const DEFAULTS = { trustedProxies: [], xffStyle: 'plain' };
const read = (content: unknown) => readPorticoJson(appFolder({ 'portico.json': content }));

describe('portico.json', () => {
  test('is optional', () => {
    expect(readPorticoJson(appFolder({}))).toEqual({ portico: DEFAULTS, problems: [] });
  });

  test('names trusted proxies and the style of X-Forwarded-For', () => {
    const content = { trustedProxies: ['10.0.0.0/8', '::1', 'fd00::/8', '192.0.2.1/32'], xffStyle: 'Azure' };
    expect(read(content)).toEqual({ portico: { ...content, xffStyle: 'azure' }, problems: [] });
  });

  test.each(['10.0.0.0/33', '::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0', 'localhost', '', 5])('does not trust %j', (proxy) => {
    const { portico, problems } = read({ trustedProxies: [proxy, '127.0.0.1'] });
    expect(portico.trustedProxies).toEqual(['127.0.0.1']);
    expect(problems).toMatchObject([
      { severity: 'warning', file: 'portico.json', line: 3, message: expect.stringContaining('trustedProxies[0]') },
    ]);
  });

  test('says what a misspelt name was meant to be', () => {
    expect(read({ trustedProxy: [] }).problems).toMatchObject([
      { code: 'KEY_UNKNOWN', hint: 'Did you mean trustedProxies?', line: 2, column: 3 },
    ]);
  });

  test.each(['{', '[]', ''])('that reads %j leaves the defaults', (text) => {
    expect(read(text)).toMatchObject({ portico: DEFAULTS, problems: [{ code: 'PORTICO_JSON_INVALID', severity: 'warning' }] });
  });
});
