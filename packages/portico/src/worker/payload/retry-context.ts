// `Metadata.RetryContext`: which attempt this is, and why the last one failed.
// https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-handling-retries
import type { HostError } from '../../core/error.ts';
import type { JsonObject, RetryPolicy } from '../../core/function-app.ts';

export type FailedAttempt = { readonly functionName: string; readonly invocationId: string; readonly error: HostError };

/** Parity: every function with a retry policy gets it, in its first attempt too. The exception is ours, in the shape of .NET's. */
export function retryContext({ maxRetryCount }: RetryPolicy, retryCount: number, last: FailedAttempt | undefined): JsonObject {
  return {
    RetryContext: {
      RetryCount: retryCount,
      MaxRetryCount: maxRetryCount,
      Exception: last === undefined ? null : exception(last),
      Instance: null,
      State: {},
    },
  };
}

function exception({ functionName, invocationId, error }: FailedAttempt): JsonObject {
  return {
    InstanceId: invocationId,
    MethodName: `Host.Functions.${functionName}`,
    ClassName: 'Microsoft.Azure.WebJobs.Host.FunctionInvocationException',
    Message: `Exception while executing function: Functions.${functionName}`,
    InnerException: { ClassName: error.code, Message: error.message },
  };
}
