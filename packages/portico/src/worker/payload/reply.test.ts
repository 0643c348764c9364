import { describe, expect, test } from 'vitest';
import { type HandlerReply, type PayloadReply, type PayloadReplyFault, readReply } from './reply.ts';

const json = (body: unknown, more: Partial<HandlerReply> = {}): HandlerReply => ({
  status: 200,
  contentType: 'application/json',
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  ...more,
});

function accepted(reply: HandlerReply): PayloadReply {
  const read = readReply(reply);
  if ('error' in read) throw read.error;
  return read;
}

function refused(reply: HandlerReply): PayloadReplyFault {
  const read = readReply(reply);
  if (!('error' in read)) throw new Error('It was accepted.');
  return read;
}

describe('a reply', () => {
  test('has outputs by name, logs and a return value', () => {
    const reply = accepted(json({ Outputs: { res: { body: 'x' }, q: 1 }, Logs: ['one'], ReturnValue: false }));
    expect([...reply.outputs!]).toEqual([
      ['res', { body: 'x' }],
      ['q', 1],
    ]);
    expect(reply).toMatchObject({ logs: [{ level: 'information', message: 'one' }], returnValue: false, remarks: [] });
  });

  test.each([{}, { Outputs: null, Logs: null, ReturnValue: null }, { Other: 1 }])('may be without any of them: %j', (body) => {
    expect(accepted(json(body))).toEqual({ outputs: undefined, returnValue: undefined, logs: [], remarks: [] });
  });

  test('may have empty outputs, which is not the same', () => {
    expect(accepted(json({ Outputs: {} })).outputs).toEqual(new Map());
  });

  test('names its parts in any case, the last of two counts', () => {
    const { outputs, returnValue, logs } = accepted(
      json('{"outputs":{"a":1},"OUTPUTS":{"b":1},"LOGS":["l"],"returnvalue":2,"constructor":3}'),
    );
    expect({ outputs: [...outputs!], returnValue, logs: logs.length }).toEqual({ outputs: [['b', 1]], returnValue: 2, logs: 1 });
  });

  test.each([
    ['application/json', Buffer.from('\ufeff{"ReturnValue":"é"}')],
    ['text/json', Buffer.from('{"ReturnValue":"é"}')],
    ['Application/JSON; charset="utf-8"', Buffer.from('{"ReturnValue":"é"}')],
    ['application/json; charset=utf-16', Buffer.from('{"ReturnValue":"é"}', 'utf16le')],
    ['application/json; charset=iso-8859-1', Buffer.from('{"ReturnValue":"é"}', 'latin1')],
  ])('may be %s', (contentType, body) => {
    expect(accepted({ status: 200, contentType, body }).returnValue).toBe('é');
  });

  test('may be 201 or 202', () => {
    expect(accepted(json({ ReturnValue: 1 }, { status: 202 })).returnValue).toBe(1);
  });

  test.each([
    ['an empty body', json('')],
    ['white space', json(' \n')],
    ['null', json('null')],
    ['204', json('', { status: 204, contentType: undefined })],
    ['an empty text', json('', { contentType: 'text/plain' })],
  ])('that is %s succeeds without outputs, with a remark about Azure', (_, reply) => {
    const { outputs, returnValue, remarks } = accepted(reply);
    expect({ outputs, returnValue, codes: remarks.map(({ code }) => code) }).toEqual({
      outputs: undefined,
      returnValue: undefined,
      codes: ['REPLY_EMPTY'],
    });
    expect(remarks[0]?.message).toMatch(/^on Azure: /);
  });
});

describe('a reply that cannot be read', () => {
  test.each([
    [json('hello', { contentType: 'text/plain' }), 'Content-Type is "text/plain", expected application/json'],
    [json({}, { contentType: 'application/vnd.x+json' }), 'Content-Type is "application/vnd.x+json"'],
    [json({}, { contentType: undefined }), 'Content-Type is "application/octet-stream"'],
    [json('{"Outputs":'), 'the body is no JSON (it ends too early), expected a JSON object'],
    [json([1, 2]), 'the body is an array, expected a JSON object'],
    [json('"hello"'), 'the body is a string, expected a JSON object'],
    [json({ Outputs: 'hello' }), '"Outputs" is a string, expected an object'],
    [json({ Logs: 'one' }), '"Logs" is a string, expected an array of strings'],
  ])('%# says field, found and expected', (reply, text) => {
    const { error, status } = refused(reply);
    expect(error.message).toContain(text);
    expect(error).toMatchObject({ code: 'HANDLER_REPLY_UNREADABLE', hint: expect.stringContaining('Invalid HttpResponseMessage:') });
    expect(status).toBe(200);
  });

  test('keeps the logs when only the outputs are at fault', () => {
    expect(refused(json({ Outputs: [], Logs: ['kept'] })).logs).toEqual([{ level: 'information', message: 'kept' }]);
  });
});

describe('a reply of another status than 2xx', () => {
  test('fails with the status and the beginning of the body', () => {
    const { error, status } = refused(json(`details${'x'.repeat(2000)}`, { status: 500, contentType: 'text/plain' }));
    expect(status).toBe(500);
    expect(error.message).toContain('The handler answered 500 (Internal Server Error)');
    expect(error.message).toContain('details');
    expect(error.message.length).toBeLessThan(1200);
    expect(error.hint).toContain('Response status code does not indicate success: 500 (Internal Server Error).');
  });

  test('keeps its logs', () => {
    const body = { Outputs: { res: {} }, Logs: ['one', { level: 'error', message: 'two' }] };
    expect(refused(json(body, { status: 400 })).logs).toEqual([
      { level: 'information', message: 'one' },
      { level: 'error', message: 'two' },
    ]);
  });

  test.each([
    json('{"Logs":', { status: 500 }),
    json('[]', { status: 302 }),
    json({ Logs: 'x' }, { status: 500 }),
    json('', { status: 404 }),
  ])('%# may have no logs to keep', (reply) => {
    expect(refused(reply).logs).toEqual([]);
  });
});
