import { expect, test } from 'vitest';
import { retryCutShort } from '../../core/errors/invocation.ts';
import type { RetryPolicy } from '../../core/function-app.ts';
import { retryContext } from './retry-context.ts';

const policy: RetryPolicy = { strategy: 'fixedDelay', maxRetryCount: 4, delayMs: 0 };

test('the first attempt is told that nothing has failed yet', () => {
  expect(retryContext(policy, 0, undefined)).toEqual({
    RetryContext: { RetryCount: 0, MaxRetryCount: 4, Exception: null, Instance: null, State: {} },
  });
});

test('a further attempt is told which one failed before it, and of what', () => {
  const error = retryCutShort();
  expect(retryContext(policy, 2, { functionName: 'Pay', invocationId: 'id-1', error })).toEqual({
    RetryContext: {
      RetryCount: 2,
      MaxRetryCount: 4,
      Exception: {
        InstanceId: 'id-1',
        MethodName: 'Host.Functions.Pay',
        ClassName: 'Microsoft.Azure.WebJobs.Host.FunctionInvocationException',
        Message: 'Exception while executing function: Functions.Pay',
        InnerException: { ClassName: 'RETRY_CUT_SHORT', Message: error.message },
      },
      Instance: null,
      State: {},
    },
  });
});
