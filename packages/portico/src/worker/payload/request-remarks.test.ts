import { expect, test } from 'vitest';
import { requestRemarks } from './request-remarks.ts';

test.each([
  [{ chunked: false, contentType: undefined }, []],
  [{ chunked: false, contentType: 'text/plain; charset=UTF-8' }, []],
  [{ chunked: true, contentType: 'application/json' }, ['BODY_CHUNKED']],
  [{ chunked: false, contentType: 'text/plain; charset=iso-8859-1' }, ['BODY_CHARSET']],
])('a request that is %j is remarked on with %j', (request, codes) => {
  const remarks = requestRemarks(request);
  expect(remarks.map(({ code }) => code)).toEqual(codes);
  for (const { message } of remarks) expect(message).toMatch(/^on Azure: .*; here .*\.$/);
});
