// HTTP passed on to the handler as HTTP: forward mode, streaming proxy mode, and the legacy httpWorker section.
export default ({ anyPath, bindings, get, hostJson, http, httpFunction, out, post, postJson, table, trigger }) => {
  const functions = {
    Hello: httpFunction(),
    Items: httpFunction({ route: 'items/{id?}' }),
    OnlyGet: httpFunction({ methods: ['get'] }),
    Returning: bindings(trigger(), out('http', '$return')),
    NotSimple: bindings(trigger()),
  };
  const rest = { functionTimeout: '00:01:00' };
  const apps = {
    forward: { hostJson: hostJson({ enableForwardingHttpRequest: true }, rest), functions },
    proxy: { hostJson: hostJson({ enableProxyingHttpRequest: true }, rest), functions },
    'proxy-root': {
      hostJson: hostJson({ enableProxyingHttpRequest: true }, { ...rest, extensions: { http: { routePrefix: '' } } }),
      functions: { All: httpFunction({ route: '{*path}' }) },
    },
    legacy: {
      hostJson: { version: '2.0', ...rest, httpWorker: { description: { defaultExecutablePath: 'node', arguments: ['handler.mjs'] } } },
      functions,
    },
  };

  const text = (body, more) => anyPath({ text: body, headers: [['Content-Type', 'text/plain']], ...more });
  const upgrade = (path) => ({
    raw: [
      `GET ${path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      { waitForText: '101 ' },
      { base64: 'gYI3+iE9X5M=' },
    ],
    lingerMs: 1000,
    timeoutMs: 6000,
  });
  const expectContinue = (path) => ({
    raw: [
      `POST ${path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`,
      { waitForText: '100 Continue', timeoutMs: 2000 },
      'hello',
    ],
    methods: ['POST'],
  });

  /** The same rows for every mode, so that the modes can be compared as well. */
  const common = (area, app) => {
    // Legacy mode sends every path of a function to /<FunctionName>, so its rules go by turn.
    const item = (turn, id) => (app === 'legacy' ? { path: '/Items', attempt: turn } : { path: `*/${id}` });
    return table(area, app, ['http', 'raw-http', app], [
      ['get', 'A plain GET with a body in the answer.', get('/api/Hello'), [text('hello')]],
      ['methods', 'Several methods, one of them made up.', ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PURGE'].map((method) => http(method, '/api/Hello')), [text('ok')]],
      ['head', 'HEAD.', http('HEAD', '/api/Hello'), [text('hello')]],
      ['wrong-method', 'A method the function does not list.', http('POST', '/api/OnlyGet', { body: 'x' }), [text('hello')]],
      ['path', 'Case, encoding and slashes of the path.', [get('/API/HELLO'), get('/api/items/a%20b+c%2Fd'), get('/api/items/%e4%b8%96'), get('/api/Hello/')], [text('ok')]],
      ['query', 'Order, repeats, empty values and encoding of the query.', [get('/api/Hello?b=2&a=1&a=3&c=&d&e=%20+%2B&%C3%A9=%c3%a9'), get('/api/Hello?')], [text('ok')]],
      ['code', 'The query parameter code and the key header.', get('/api/Hello?code=abc&x=1', [['x-functions-key', 'def']]), [text('ok')]],
      ['request-headers', 'Ordinary, repeated and content headers.', postJson('/api/Hello', { a: 1 }, [['User-Agent', 'caller/1.0'], ['Accept', '*/*'], ['Accept-Encoding', 'gzip'], ['X-Two', 'a'], ['X-Two', 'b'], ['Cookie', 'a=1; b=2'], ['Authorization', 'Bearer t'], ['Content-Language', 'de'], ['Content-Encoding', 'identity'], ['Content-Disposition', 'inline'], ['Referer', 'http://example.org/']]), [text('ok')]],
      ['hop-by-hop', 'Connection, Keep-Alive, TE and a header named by Connection.', get('/api/Hello', [['Connection', 'keep-alive, X-Mine'], ['X-Mine', '1'], ['Keep-Alive', 'timeout=5'], ['TE', 'trailers'], ['Proxy-Authorization', 'Basic eA==']]), [text('ok')]],
      ['forwarded', 'X-Forwarded-* and Host from the caller.', get('/api/Hello', [['Host', 'example.org'], ['X-Forwarded-For', '203.0.113.9'], ['X-Forwarded-Host', 'outer.example'], ['X-Forwarded-Proto', 'https'], ['Forwarded', 'for=203.0.113.9']]), [text('ok')]],
      ['own-headers', 'The caller sends the host\'s own headers and a trace.', get('/api/Hello', [['X-Azure-Functions-InvocationId', '11111111-2222-3333-4444-555555555555'], ['X-Azure-Functions-HostVersion', '0.0'], ['x-ms-invocation-id', 'mine'], ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'], ['tracestate', 'v=1']]), [text('ok')]],
      ['body', 'A binary body.', post('/api/Hello', 'application/octet-stream', { base64: 'AAEC/f7/' }), [anyPath({ base64: '/v8A', headers: [['Content-Type', 'application/octet-stream']] })]],
      ['body-types', 'Odd content types: none, invalid, with parameters.', [post('/api/Hello', undefined, 'x'), post('/api/Hello', 'nonsense', 'x'), post('/api/Hello', 'text/plain; charset="utf-8"; x=y', 'x')], [text('ok')]],
      ['empty-body', 'POST with length 0 and with none.', [post('/api/Hello', 'text/plain', ''), http('POST', '/api/Hello')], [text('ok')]],
      ['chunked-request', 'A chunked request body.', http('POST', '/api/Hello', { headers: [['Content-Type', 'text/plain']], chunks: [{ text: 'one ' }, { text: 'two', pauseMs: 400 }] }), [text('ok')]],
      ['expect-continue', 'Expect: 100-continue.', expectContinue('/api/Hello'), [text('ok')]],
      ['statuses', 'Statuses are relayed, with a reason of the handler\'s own.', ['a', 'b', 'c', 'd'].map((id) => get(`/api/items/${id}`)), [anyPath({ status: 404, reason: 'Nothing Here', text: 'no' }, item(1, 'a')), anyPath({ status: 500, text: 'broken' }, item(2, 'b')), anyPath({ status: 418, text: 'tea' }, item(3, 'c')), anyPath({ status: 299, text: 'odd' }, item(4, 'd'))]],
      ['no-content', '204, and 304 with an ETag.', [get('/api/items/204'), get('/api/items/304')], [anyPath({ status: 204, headers: [['X-A', '1']] }, item(1, '204')), anyPath({ status: 304, headers: [['ETag', '"v1"']] }, item(2, '304'))]],
      ['redirect', '302 with a Location.', get('/api/Hello'), [anyPath({ status: 302, headers: [['Location', '/api/items/moved']], text: 'moved' }, { attempt: 1, path: '*ello' }), text('landed')]],
      ['reply-headers', 'Case, repeats, Set-Cookie and host-owned names in the reply.', get('/api/Hello'), [text('ok', { headers: [['Content-Type', 'text/plain'], ['X-Mixed', 'A'], ['x-lower', 'b'], ['X-Two', '1'], ['X-Two', '2'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2; Path=/'], ['Server', 'mine'], ['Cache-Control', 'no-store'], ['Content-Language', 'de'], ['Connection', 'X-Hop, keep-alive'], ['X-Hop', '1']] })]],
      ['gzip', 'A compressed reply.', get('/api/Hello', [['Accept-Encoding', 'gzip']]), [anyPath({ base64: 'H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==', headers: [['Content-Encoding', 'gzip'], ['Content-Type', 'text/plain']] })]],
      ['no-type', 'A reply without a content type, and an empty one.', [get('/api/items/a'), get('/api/items/b')], [anyPath({ text: 'x' }, item(1, 'a')), anyPath({ text: '' }, item(2, 'b'))]],
      ['streamed-reply', 'Does the first chunk reach the caller before the last is sent?', get('/api/Hello'), [anyPath({ headers: [['Content-Type', 'text/event-stream']], chunks: [{ text: 'data: 1\n\n' }, { text: 'data: 2\n\n', pauseMs: 500 }, { text: 'data: 3\n\n', pauseMs: 500 }] })]],
      ['trailers', 'Trailers in the reply.', get('/api/Hello', [['TE', 'trailers']]), [anyPath({ chunks: [{ text: 'body' }], trailers: [['X-Sum', '42']] })]],
      ['big-headers', 'A request header of 8 KiB and a reply header of 8 KiB.', get('/api/Hello', [['X-Big', 'q'.repeat(8192)]]), [text('ok', { headers: [['X-Big', 'r'.repeat(8192)]] })]],
      ['big-body', 'One MiB up and one MiB down.', post('/api/Hello', 'application/octet-stream', { fill: { bytes: 1_048_576, text: 'u' } }), [anyPath({ fill: { bytes: 1_048_576, text: 'd' } })]],
      ['destroyed', 'The handler cuts the connection without an answer.', get('/api/Hello'), [anyPath({ destroy: 'before' })], { timeoutMs: 120_000 }],
      ['cut-short', 'The handler cuts the connection in the middle of its body.', get('/api/Hello'), [anyPath({ headers: [['Content-Length', '500']], chunks: [{ text: 'half' }], destroy: 'midway' })]],
      ['websocket', 'A WebSocket upgrade and one frame each way.', upgrade('/api/Hello'), [anyPath({ upgrade: { sendBase64: 'gQJoaQ==' } })]],
      ['return-binding', 'A $return output is a simple HTTP function as well.', get('/api/Returning'), [text('hello')]],
      ['not-simple', 'A function without an HTTP output falls back to the payload.', get('/api/NotSimple?x=1'), [anyPath({ json: { Outputs: {}, ReturnValue: 'r' } })]],
      ['root-probe', 'GET / is not the handler\'s.', get('/'), [text('ok')]],
      ['unknown', 'A path no function has.', get('/api/Nowhere'), [text('ok')]],
      ['malformed', 'Requests that are not quite HTTP.', [{ raw: 'GET /api/Hello\r\n\r\n', timeoutMs: 3000 }, { raw: 'GET /api/Hello HTTP/1.1\r\n\r\n', timeoutMs: 3000 }, { raw: 'GET /api/He llo HTTP/1.1\r\nHost: x\r\n\r\n', timeoutMs: 3000 }, { raw: 'GET /api/Hello HTTP/1.0\r\n\r\n', timeoutMs: 3000 }]],
    ]);
  };

  const scenarios = [
    ...common('forward', 'forward'),
    ...common('proxy', 'proxy'),
    ...common('legacy', 'legacy').filter(({ id }) => !/\.(body-types|big-headers|malformed|return-binding|hop-by-hop|expect-continue)$/.test(id)),
    ...table('proxy', 'proxy', ['http', 'raw-http', 'proxy'], [
      ['early-client-abort', 'The caller goes away while the handler is busy.', [http('GET', '/api/Hello', { abortAfterMs: 300 }), { sleepMs: 1200 }], [anyPath({ text: 'late', delayMs: 1000 })]],
      ['pipelined', 'Two requests in one packet.', { raw: 'GET /api/Hello HTTP/1.1\r\nHost: localhost:{port}\r\n\r\nGET /api/items/2 HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n', methods: ['GET', 'GET'], answers: 2 }, [text('ok')]],
      ['request-trailers', 'Trailers in a chunked request.', http('POST', '/api/Hello', { chunks: [{ text: 'body' }], trailers: [['X-Sum', '42']] }), [text('ok')]],
    ]),
    ...table('proxy-root', 'proxy-root', ['http', 'raw-http', 'proxy'], [
      ['paths', 'A catch-all under an empty prefix: the root, dots, doubled and encoded slashes.', ['/', '/a/b', '//a//b/', '/a%2Fb', '/a/../b', '/admin/x', '/runtime/x', '/favicon.ico?x=1'].map((path) => get(path)), [text('ok')]],
      ['star', 'OPTIONS *.', { raw: 'OPTIONS * HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n', methods: ['OPTIONS'], timeoutMs: 4000 }, [text('ok')]],
    ]),
  ];
  return { apps, scenarios };
};
