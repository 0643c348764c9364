import type { BindingMetadata } from '../../core/function-app.ts';

/** Where the response to a function's caller comes from. */
export type HttpResponseBinding = {
  /** Name of the http output, perhaps `$return`; undefined without one. */
  readonly httpOutput: string | undefined;
  /** An output of some kind is named `$return`: ReturnValue is its value, and nothing of it is merged into the outputs. */
  readonly hasReturnBinding: boolean;
  /** `dataType: binary`: a string stays the text it is, even if it looks like base64. */
  readonly keepsText: boolean;
};

export function httpResponseBinding(bindings: readonly BindingMetadata[]): HttpResponseBinding {
  const outputs = bindings.filter(({ direction }) => direction !== 'in');
  const http = outputs.find(({ type }) => type.toLowerCase() === 'http');
  return {
    httpOutput: http?.name,
    hasReturnBinding: outputs.some(({ name }) => name === '$return'),
    keepsText: http?.dataType === 'binary',
  };
}
