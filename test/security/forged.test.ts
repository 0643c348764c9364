// Headers by which a caller says what only the host may say: who it is, which key it has, which invocation this is, whose trace.
import { describe, expect, test } from 'vitest';
import { ask, question } from '../http/support/ask.ts';
import { type Attacked, attackedApp, KEYS, type Seen } from './support/attacked-app.ts';

const IDENTITY = [
  'X-Functions-KeyId',
  'X-MS-CLIENT-PRINCIPAL',
  'X-MS-CLIENT-PRINCIPAL-ID',
  'X-MS-CLIENT-PRINCIPAL-NAME',
  'X-MS-CLIENT-PRINCIPAL-IDP',
  'X-MS-Client-Principal-Anything',
  'X-ARR-ClientCert',
];
const OURS = [...IDENTITY, 'X-Azure-Functions-InvocationId', 'X-Azure-Functions-HostVersion', 'X-MS-Invocation-Id'];
const FORWARDED = [
  ...['For', 'Host', 'Proto', 'Prefix', 'Port', 'Server', 'Ssl', 'Scheme', 'Anything'].map((what) => `X-Forwarded-${what}`),
  'Forwarded',
  'X-Real-IP',
];

const spellings = (name: string): string[] => [
  name,
  name.toUpperCase(),
  name.toLowerCase(),
  name.replaceAll('-', '_'),
  name.replace('-', '_').toLowerCase(),
  name.replace(/-(?=[^-]*$)/, '_'),
  name.replaceAll('-', '.'),
  name.replace('-', "'"),
  name.replace(/-(?=[^-]*$)/, '~'),
];

/** Names as frameworks make them variables: the common ones cannot tell a dash from an underscore, and some no sign from another. */
const valuesOf = ({ headers }: Pick<Seen, 'headers'>, name: string): string[] =>
  headers.flatMap((one, i) =>
    i % 2 === 0 && one.toLowerCase().replaceAll(/[^a-z\d]/g, '-') === name.toLowerCase() ? [headers[i + 1] ?? ''] : [],
  );

async function seenOf(app: Attacked, headers: readonly string[], line = 'GET /open/x', body = ''): Promise<Seen> {
  const { answers } = await ask(app.port, question(line, headers, body));
  expect(answers.at(-1)?.status).toBe(200);
  return JSON.parse(answers.at(-1)?.body ?? '') as Seen;
}

describe.each(['proxy', 'forward', 'payload'] as const)('in %s mode', (mode) => {
  test('nobody but the host says who calls and which invocation it is', async () => {
    await using app = await attackedApp({ mode });
    for (const name of OURS.flatMap(spellings)) {
      const seen = await seenOf(app, [`${name}: forged`, `${name}: forged-too`]);
      expect(JSON.stringify(seen), name).not.toContain('forged');
    }
  });

  test('what is forged goes, and what is true stays, when a key was used', async () => {
    await using app = await attackedApp({ mode });
    const forged = IDENTITY.map((name) => `${name}: forged`);
    const seen = await seenOf(app, [`X-Functions-Key: ${KEYS.guarded}`, ...forged], 'GET /guarded/x');
    expect(valuesOf(seen, 'X-Functions-KeyId')).toEqual(['function/default']);
    expect(JSON.stringify(seen)).not.toContain('forged');
  });

  test('a caller cannot have the headers of the host taken away', async () => {
    await using app = await attackedApp({ mode });
    const names = ['X-Functions-KeyId', 'X-Forwarded-For', 'X-Real-IP', 'X-Forwarded-Host', 'X-Forwarded-Proto'];
    const headers = [
      `X-Functions-Key: ${KEYS.guarded}`,
      `Connection: close, ${names.join(', ')}`,
      ...names.map((name) => `${name}: forged`),
    ];
    const seen = await seenOf(app, headers, 'GET /guarded/x');
    for (const name of names) expect(valuesOf(seen, name), name).toHaveLength(1);
    expect(valuesOf(seen, 'X-Functions-KeyId')).toEqual(['function/default']);
    expect(valuesOf(seen, 'X-Forwarded-For')).toEqual(['127.0.0.1']);
    expect(valuesOf(seen, 'X-Real-IP')).toEqual(['127.0.0.1']);
  });

  test('a stranger does not say where a request came from', async () => {
    await using app = await attackedApp({ mode });
    for (const name of FORWARDED.flatMap(spellings)) {
      const seen = await seenOf(app, [`${name}: forged`]);
      expect(JSON.stringify(seen), name).not.toContain('forged');
      expect(valuesOf(seen, 'X-Forwarded-For'), name).toContain('127.0.0.1');
      expect(valuesOf(seen, 'X-Real-IP'), name).toEqual(['127.0.0.1']);
    }
  });

  describe('a trusted proxy', () => {
    const user = ['X-MS-CLIENT-PRINCIPAL-NAME: alice', 'X-MS-CLIENT-PRINCIPAL: e30=', 'X-ARR-ClientCert: MIIB'];
    const trusting = { trustedProxies: ['127.0.0.1'], trustClientPrincipal: true };

    test('says who the user is if it may, and nothing else that is the host’s', async () => {
      await using app = await attackedApp({ mode, portico: trusting });
      const forged = OURS.filter((name) => !/principal|clientcert/i.test(name)).map((name) => `${name}: forged`);
      const seen = await seenOf(app, [...user, ...forged, 'X-Forwarded-For: 203.0.113.7:51234', 'X-Forwarded-Port: 443']);
      expect(valuesOf(seen, 'X-MS-CLIENT-PRINCIPAL-NAME')).toEqual(['alice']);
      expect(valuesOf(seen, 'X-ARR-ClientCert')).toEqual(['MIIB']);
      expect(valuesOf(seen, 'X-Forwarded-For')).toEqual(['203.0.113.7:51234, 127.0.0.1']);
      expect(valuesOf(seen, 'X-Real-IP')).toEqual(['203.0.113.7']);
      expect(valuesOf(seen, 'X-Forwarded-Port')).toEqual(['443']);
      expect(JSON.stringify(seen)).not.toContain('forged');
    });

    test('says it in the one spelling that it removes from what its own callers send', async () => {
      await using app = await attackedApp({ mode, portico: trusting });
      for (const name of [...IDENTITY, ...FORWARDED]) {
        const others = spellings(name).filter((other) => /[^a-z\d-]/i.test(other));
        const seen = await seenOf(
          app,
          others.map((other) => `${other}: forged`),
        );
        expect(JSON.stringify(seen), name).not.toContain('forged');
      }
    });

    test('does not say who the user is where it is trusted for addresses alone', async () => {
      await using app = await attackedApp({ mode, portico: { ...trusting, trustClientPrincipal: false } });
      const seen = await seenOf(app, user);
      expect(valuesOf(seen, 'X-MS-CLIENT-PRINCIPAL-NAME')).toEqual([]);
      expect(valuesOf(seen, 'X-ARR-ClientCert')).toEqual([]);
    });

    test('does not say in X-Real-IP what its list denies, and says it there where it sends no list', async () => {
      await using app = await attackedApp({ mode, portico: trusting });
      for (const name of spellings('X-Real-IP')) {
        const seen = await seenOf(app, [`${name}: 6.6.6.6`, 'X-Forwarded-For: 6.6.6.6, 203.0.113.7']);
        expect(valuesOf(seen, 'X-Real-IP'), name).toEqual(['203.0.113.7']);
      }
      const seen = await seenOf(app, ['X-Real-IP: 203.0.113.7', 'X_Real_IP: 6.6.6.6']);
      expect(valuesOf(seen, 'X-Real-IP')).toEqual(['203.0.113.7']);
      expect(valuesOf(seen, 'X-Forwarded-For')).toEqual(['203.0.113.7, 127.0.0.1']);
    });

    test('does not say who the user is where the host was told', async () => {
      await using app = await attackedApp({ mode, portico: trusting, user: { name: 'bob', roles: [] } });
      const seen = await seenOf(app, user);
      expect(valuesOf(seen, 'X-MS-CLIENT-PRINCIPAL-NAME')).toEqual(['bob']);
      expect(valuesOf(seen, 'X-MS-CLIENT-PRINCIPAL')).toHaveLength(1);
      expect(valuesOf(seen, 'X-ARR-ClientCert')).toEqual([]);
    });
  });

  test('the Host of a request is one, and of its target if that names one', async () => {
    await using app = await attackedApp({ mode });
    const absolute = await seenOf(app, [], 'GET http://named.example/open/x');
    expect(valuesOf(absolute, 'X-Forwarded-Host')).toEqual(['named.example']);
    for (const host of [
      'a.example\r\nHost: b.example',
      'a.example, b.example',
      'a.example/x',
      'a@b.example',
      'a b',
      'a.example:80:80',
      'a"b',
      '<a>',
    ]) {
      const { answers } = await ask(app.port, `GET /open/x HTTP/1.1\r\nHost: ${host}\r\n\r\n`, { untilClosed: true });
      expect(
        answers.map(({ status }) => status),
        host,
      ).toEqual([400]);
    }
  });
});

describe('a trace', () => {
  const VALID = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  test.each([
    ['a version that cannot be', VALID.replace(/^00/, 'ff')],
    ['no trace', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['no span', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['capitals', VALID.toUpperCase()],
    ['something behind it', `${VALID}-x`],
    ['a list', `${VALID},${VALID}`],
    ['too much', `${VALID}${'0'.repeat(4000)}`],
    ['markup', '"><script>'],
  ])('with %s is begun anew, and its state is dropped', async (_, traceparent) => {
    await using app = await attackedApp();
    const seen = await seenOf(app, [`traceparent: ${traceparent}`, 'tracestate: forged=1']);
    const [own, ...more] = valuesOf(seen, 'traceparent');
    expect(own).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    expect(own).not.toBe(VALID);
    expect(more).toEqual([]);
    expect(valuesOf(seen, 'tracestate')).toEqual([]);
  });

  test('that is said twice is begun anew', async () => {
    await using app = await attackedApp();
    const seen = await seenOf(app, [`traceparent: ${VALID}`, `Traceparent: ${VALID}`]);
    expect(valuesOf(seen, 'traceparent')).toHaveLength(1);
    expect(valuesOf(seen, 'traceparent')).not.toContain(VALID);
  });

  test('goes on where it is one', async () => {
    await using app = await attackedApp();
    expect(valuesOf(await seenOf(app, [`traceparent: ${VALID}`]), 'traceparent')).toEqual([VALID]);
  });
});

test('a trailer says nothing that a header may not say', async () => {
  await using app = await attackedApp();
  const trailers = [...OURS, ...FORWARDED, 'Host', 'Connection'].map((name) => `${name}: forged\r\n`).join('');
  const seen = await seenOf(app, ['Transfer-Encoding: chunked'], 'POST /open/x', `1\r\nx\r\n0\r\n${trailers}X-Sum: 1\r\n\r\n`);
  expect(seen.trailers).toEqual(['X-Sum', '1']);
});
