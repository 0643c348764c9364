// An MCP server with the official SDK, made a function app by host.json alone. It keeps sessions; Azure's preview of self-hosted
// MCP servers asks for servers without, because there the next request may meet another instance.
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const NO_INPUT = { type: 'object' } as const;
const TOOLS = [
  {
    name: 'add',
    description: 'Adds two numbers.',
    inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
  },
  { name: 'wait', description: 'Says that it waits, then waits for "release".', inputSchema: NO_INPUT },
  { name: 'release', description: 'Lets "wait" go on.', inputSchema: NO_INPUT },
];

const releases = new EventEmitter();
const transports = new Map<string, StreamableHTTPServerTransport>();

async function openSession(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (sessionId) => void transports.set(sessionId, transport),
    onsessionclosed: (sessionId) => void transports.delete(sessionId),
  });
  const server = new Server({ name: 'portico-test', version: '1.0.0' }, { capabilities: { tools: {}, logging: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { sendNotification }) => {
    if (params.name === 'add') return text(Number(params.arguments?.a) + Number(params.arguments?.b));
    if (params.name === 'release') return text(releases.emit('release'));
    const released = once(releases, 'release');
    await sendNotification({ method: 'notifications/message', params: { level: 'info', data: 'waiting' } });
    await released;
    return text('released');
  });
  await server.connect(transport);
  return transport;
}

function text(value: unknown): { content: { type: 'text'; text: string }[] } {
  return { content: [{ type: 'text', text: String(value) }] };
}

createServer(async (request, response) => {
  if (request.url !== '/mcp') return void response.writeHead(404).end();
  const sessionId = request.headers['mcp-session-id'];
  const transport = sessionId === undefined ? await openSession() : transports.get(String(sessionId));
  if (transport === undefined) return void response.writeHead(404).end('unknown session\n');
  await transport.handleRequest(request, response);
}).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
