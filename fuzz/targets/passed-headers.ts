// Headers of callers: what only the host may say, a handler hears from the host alone, however a caller writes it and whatever it nominates.
import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import type { Caller } from '../../packages/portico/src/http/caller.ts';
import { forwardedValues, passHeaders, traceparentOf } from '../../packages/portico/src/http/forwarded-headers.ts';
import { insist, pureTarget } from '../target.ts';
import { changed, soup } from '../text.ts';

const NAMES = [
  'Host',
  'Connection',
  'Content-Length',
  'Transfer-Encoding',
  'Content-Type',
  'Cookie',
  'Authorization',
  'X-Functions-Key',
  'X-Functions-KeyId',
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Forwarded-Host',
  'X-Forwarded-Port',
  'X-Real-IP',
  'Forwarded',
  'X-MS-CLIENT-PRINCIPAL',
  'X-MS-CLIENT-PRINCIPAL-ID',
  'X-ARR-ClientCert',
  'X-MS-Invocation-Id',
  'X-Azure-Functions-InvocationId',
  'traceparent',
  'tracestate',
  'Keep-Alive',
  'TE',
  'Upgrade',
  'Proxy-Authorization',
  'X-A',
];
const VALUES = [
  'x',
  '203.0.113.7',
  '203.0.113.7, 10.0.0.1:80, [2001:db8::1]:443, unknown',
  'for=203.0.113.7;proto=https',
  'close, x-a, cookie',
  'keep-alive',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more',
  'https',
  '',
];
const NAME_SCRAPS = ['-', '_', '.', '--', '!', '~', 'x-', 'id', 'K', 'ms'];
const VALUE_SCRAPS = [',', ' ', '\t', ';', ':', '"', '-', '0', 'content-length', 'x-functions-key', 'x-forwarded-for', 'host,', '\xff'];

/** What the parser lets through. */
const name = changed(fc.constantFrom(...NAMES), NAME_SCRAPS, { most: 2 })
  .map((text) => text.replaceAll(/[^!#$%&'*+\-.^_`|~0-9A-Za-z]/g, ''))
  .filter((text) => text !== '');
const value = fc
  .oneof(
    { weight: 4, arbitrary: changed(fc.constantFrom(...VALUES), VALUE_SCRAPS) },
    { weight: 1, arbitrary: soup([...VALUE_SCRAPS, ...NAMES], 6) },
  )
  .map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').replaceAll(/^[\t ]+|[\t ]+$/g, ''));

const inputs = fc.record({
  headers: fc.array(fc.tuple(name, value), { maxLength: 8 }),
  trusted: fc.boolean(),
  namesUser: fc.boolean(),
});

const ADDRESS = '198.51.100.1';
const PROXIES = new BlockList();
PROXIES.addAddress(ADDRESS);
PROXIES.addSubnet('10.0.0.0', 8);
const IDS = { invocationId: '0f8fad5b-d9cb-469f-a165-70867728950e', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const LINES = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t\x20-\x7e\x80-\xff]*\r\n)*$/;

/** As frameworks read a name that make variables of names: any sign is as good as another. */
const asVariable = (written: string): string => written.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');

const OF_THE_HOST = ['X_FUNCTIONS_KEYID', 'X_MS_INVOCATION_ID', 'X_AZURE_FUNCTIONS_INVOCATIONID', 'X_AZURE_FUNCTIONS_HOSTVERSION'];
const OF_THE_CONNECTION = ['CONNECTION', 'TRANSFER_ENCODING', 'UPGRADE', 'KEEP_ALIVE', 'TE', 'PROXY_CONNECTION', 'PROXY_AUTHORIZATION'];
/** Nobody can have these taken away by nominating them. */
const STAY = ['content-type', 'content-length', 'cookie', 'authorization', 'x-functions-key'];

export const passedHeaders = pureTarget('passed-headers', 4000, inputs, ({ headers, trusted, namesUser }) => {
  const caller: Caller = {
    address: ADDRESS,
    forwardedFor: ADDRESS,
    trusted,
    trustedProxies: PROXIES,
    namesUser: trusted && namesUser,
    certificate: undefined,
    protocol: 'http',
  };
  const passed = passHeaders(headers.flat(), caller);
  const detail = (): string => JSON.stringify(passed);
  insist(LINES.test(passed.lines), 'what is passed on are header lines', detail);
  const names = passed.lines.split('\r\n').flatMap((line) => (line === '' ? [] : [line.slice(0, line.indexOf(':'))]));
  for (const name of names) {
    const one = asVariable(name);
    insist(!OF_THE_HOST.includes(one) && !OF_THE_CONNECTION.includes(one), 'what belongs to the host or the connection stays', detail);
    insist(trusted || !/^(?:X_FORWARDED_.+|FORWARDED)$/.test(one), 'a stranger does not say where a request comes from', detail);
    insist(one !== 'X_REAL_IP', 'nobody but the host says which address is the one', detail);
    insist(caller.namesUser || !/^X_(?:MS_CLIENT_PRINCIPAL|ARR_CLIENTCERT)/.test(one), 'only who may says who the user is', detail);
    insist(
      !/^X_(?:FORWARDED_|MS_CLIENT_PRINCIPAL|ARR_CLIENTCERT)/.test(one) || !/[^a-z\d-]/i.test(name),
      'nobody says it in another spelling',
      detail,
    );
  }
  for (const kept of STAY) {
    const sent = headers.filter(([one]) => one.toLowerCase() === kept);
    insist(
      names.filter((one) => one.toLowerCase() === kept).length === sent.length,
      'what makes a request what it is cannot be nominated',
      detail,
    );
  }

  const said = forwardedValues(passed, caller);
  const addresses = said.address.split(', ');
  insist(addresses.at(-1) === ADDRESS, 'the address of the peer comes last', () => said.address);
  insist(trusted || addresses.length === 1, 'the word of a stranger about addresses is not passed on', () => said.address);
  insist(isIP(said.client) > 0, 'the one address is an address', () => said.client);
  insist(trusted || said.client === ADDRESS, 'the address of a stranger is its own', () => said.client);
  insist(/^[\t\x20-\x7e\x80-\xff]*$/.test(`${said.address}${said.host}${said.protocol}`), 'what the host says fits into lines', detail);
  insist(
    /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}/.test(traceparentOf(passed, IDS as never)),
    'there is a valid trace in any case',
    detail,
  );
});
