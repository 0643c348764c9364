import { expect, test } from 'vitest';
import type { BindingMetadata } from '../../core/function-app.ts';
import { httpResponseBinding } from './http-response-binding.ts';

const binding = (
  type: string,
  direction: BindingMetadata['direction'],
  name: string,
  dataType?: BindingMetadata['dataType'],
): BindingMetadata => ({
  name,
  type,
  direction,
  dataType,
  cardinality: undefined,
  properties: {},
});
const trigger = binding('httpTrigger', 'in', 'req');

test.each([
  [[trigger], { httpOutput: undefined, hasReturnBinding: false, keepsText: false }],
  [[trigger, binding('HTTP', 'out', 'res')], { httpOutput: 'res', hasReturnBinding: false, keepsText: false }],
  [[trigger, binding('http', 'out', '$return', 'binary')], { httpOutput: '$return', hasReturnBinding: true, keepsText: true }],
  [
    [trigger, binding('queue', 'out', '$return', 'binary'), binding('http', 'out', 'res')],
    { httpOutput: 'res', hasReturnBinding: true, keepsText: false },
  ],
])('%# the response comes from the http output', (bindings, expected) => {
  expect(httpResponseBinding(bindings)).toEqual(expected);
});
