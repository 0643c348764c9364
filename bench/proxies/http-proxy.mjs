// http-proxy as its README tells: one server, one target, an agent that keeps connections.
import http from 'node:http';
import httpProxy from 'http-proxy';

const [port, handlerPort] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: 128 });
const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${handlerPort}`, agent });
// wrk hangs up in the middle of a request when its time is over.
proxy.on('error', () => {});
http.createServer((request, response) => proxy.web(request, response)).listen(port, '127.0.0.1', 1024);
