// The kit a function app imports to be a custom handler: routes for forwarded requests, functions for payloads, a server that
// fits under a Functions host. It knows nothing of the host but the two protocols. Start reading at create-handler.ts.

export { type ClientAddress, clientAddress, trustedProxies } from './client-address.ts';
export { createHandler, type Handlers } from './create-handler.ts';
export type { HttpOutput, HttpRequestData, Outputs, PayloadContext, PayloadFunction } from './payload.ts';
export type { Reply } from './reply.ts';
export type { RequestContext, RequestHandler } from './routes.ts';
export { serve } from './serve.ts';
