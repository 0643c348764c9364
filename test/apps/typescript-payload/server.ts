// Payload mode with the kit, run by Node as it stands: it strips the types itself.
import { type HttpOutput, type HttpRequestData, type PayloadFunction, serve } from '@portico/handler';

const order: PayloadFunction = (data, metadata, { functionName, invocationId, log }) => {
  const request = data.req as HttpRequestData;
  log(`${request.Method} of order ${metadata.id}`);
  if (metadata.id === 'broken') throw new Error('This order cannot be read.');
  const res: HttpOutput = {
    statusCode: request.Method === 'PUT' ? 201 : 200,
    headers: { 'content-type': 'application/json' },
    body: { id: metadata.id, functionName, invocationId, body: request.Body },
  };
  return { res };
};

const shout: PayloadFunction = (data) => {
  const { Body = '' } = data.req as HttpRequestData;
  return { $return: { status: 200, headers: { 'content-type': 'text/plain' }, body: `${Body.toUpperCase()}!` } };
};

await serve({ functions: { Order: order, Shout: shout } });
