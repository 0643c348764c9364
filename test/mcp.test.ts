// An MCP server as a function app, talked to by the official client through Portico.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { expect, test } from 'vitest';
import { withPortico } from './support/with-portico.ts';

/** Runs a test's part with a client in a session of its own. */
function withClient(use: (client: Client, transport: StreamableHTTPClientTransport) => Promise<void>): Promise<void> {
  return withPortico('test/apps/mcp', async ({ url }) => {
    const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`));
    const client = new Client({ name: 'portico-test', version: '1.0.0' });
    // The declarations of the SDK are not written for exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    await use(client, transport);
    await client.close();
  });
}

const textOf = (text: string) => ({ content: [{ type: 'text', text }] });

test('an MCP client opens a session, lists the tools, calls one and ends the session', () =>
  withClient(async (client, transport) => {
    expect(client.getServerVersion()).toMatchObject({ name: 'portico-test' });
    expect(transport.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['add', 'wait', 'release']);
    expect(await client.callTool({ name: 'add', arguments: { a: 2, b: 40 } })).toEqual(textOf('42'));

    await transport.terminateSession();
    await expect(client.listTools()).rejects.toThrow();
  }));

// The tool goes on only when the client, having seen the notification, says so: kept back until the end, it would never come.
test('a notification reaches the client while the tool that sent it still runs', () =>
  withClient(async (client) => {
    const notifications: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, async ({ params }) => {
      notifications.push(params.data);
      await client.callTool({ name: 'release' });
    });
    expect(await client.callTool({ name: 'wait' })).toEqual(textOf('released'));
    expect(notifications).toEqual(['waiting']);
  }));

test('a session that the server does not know is refused by the server itself', () =>
  withPortico('test/apps/mcp', async ({ url }) => {
    const headers = { 'mcp-session-id': 'nosuch', 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const reply = await fetch(`${url}/mcp`, { method: 'POST', headers, body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' });
    expect([reply.status, await reply.text()]).toEqual([404, 'unknown session\n']);
  }));
