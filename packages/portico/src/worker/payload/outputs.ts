// From the reply of a handler to the values of its outputs; what a binding makes of one is in core/output-value.ts. The HTTP output is not among them.
import { decodeBase64 } from '../../core/base64.ts';
import type { BindingMetadata } from '../../core/function-app.ts';
import { isJsonObject } from '../../core/json-value.ts';
import type { OutputValue } from '../../core/output-value.ts';
import type { PayloadReply } from './reply.ts';

export type OutputRules = {
  /** The app wants none of Azure's guesses: text stays text, whatever it looks like. */
  readonly keepsText: boolean;
};

/** In the order of the bindings. Names count case; what is null or absent is left out, and that output does nothing. */
export function readOutputs(
  bindings: readonly Pick<BindingMetadata, 'name' | 'type' | 'direction' | 'dataType'>[],
  { outputs, returnValue }: Pick<PayloadReply, 'outputs' | 'returnValue'>,
  { keepsText }: OutputRules,
): OutputValue[] {
  const targets = bindings.filter(({ direction }) => direction !== 'in');
  // Parity: an object that nothing is bound to brings outputs by their names, before "Outputs", and base64 in it stays text.
  const hasReturnBinding = targets.some(({ name }) => name === '$return');
  const merged = !hasReturnBinding && isJsonObject(returnValue) ? returnValue : {};
  const values: OutputValue[] = [];
  for (const { name, type, dataType } of targets) {
    if (type.toLowerCase() === 'http') continue;
    const brought = Object.hasOwn(merged, name) ? (merged[name] ?? null) : null;
    const value = brought ?? (name === '$return' ? returnValue : outputs?.get(name)) ?? null;
    if (value === null) continue;
    // Parity: "binary" says that text is text, and not what it seems to say.
    const isGuessed = typeof value === 'string' && brought === null && dataType !== 'binary' && !keepsText;
    values.push({ name, value, bytes: isGuessed ? decodeBase64(value) : undefined, keepsText });
  }
  return values;
}
