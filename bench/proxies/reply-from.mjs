// @fastify/reply-from (undici underneath). Bodies are passed on as streams, or Fastify would read and limit them.
import replyFrom from '@fastify/reply-from';
import fastify from 'fastify';

const [port, handlerPort] = process.argv.slice(2).map(Number);
const server = fastify({ logger: false });
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
server.register(replyFrom, { base: `http://127.0.0.1:${handlerPort}`, undici: { connections: 128 } });
server.all('/*', (request, reply) => reply.from(request.raw.url));
await server.listen({ port, host: '127.0.0.1', backlog: 1024 });
