// The handler behind the request-bytes target: it remembers each request as it came, and tells when it is asked at /told.
// In payload mode a request comes as an envelope, and what it says of the caller's request is remembered.
const { createServer } = require('node:http');

let seen = [];

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const { told, one } =
      process.env.FUZZ_MODE === 'payload' && request.method === 'POST' ? readEnvelope(JSON.parse(body)) : readRequest(request, body);
    const text = JSON.stringify(told ? seen : one);
    if (told) seen = [];
    else if (one !== undefined) seen.push(one);
    response.setHeader('Content-Type', 'application/json');
    response.end(process.env.FUZZ_MODE === 'payload' ? JSON.stringify({ Outputs: { res: { body: text } } }) : text);
  });
});

function readRequest({ method, url, headersDistinct }, body) {
  // The host asks now and then whether anybody is there.
  if (headersDistinct['x-ms-invocation-id'] === undefined) return {};
  return { told: url === '/told', one: { method, id: (headersDistinct['x-id'] ?? []).join(), target: url, body: body.toString('latin1') } };
}

function readEnvelope({ Data: { req } }) {
  const [, ids] = Object.entries(req.Headers).find(([name]) => name.toLowerCase() === 'x-id') ?? [];
  return { told: req.Url.endsWith('/told'), one: { method: req.Method, id: [ids ?? []].flat().join() } };
}

// What the host sends has to be HTTP, whatever the caller sent.
server.on('clientError', (error, socket) => {
  // A request may break off, as its caller's did, also while it is answered.
  if (!['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE'].includes(error.code))
    seen.push({ unreadable: `${error.code} ${error.rawPacket?.toString('latin1')}` });
  socket.destroy();
});
server.listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
