// The inputs and outputs of one function. Their code is loaded with the first event, which opens them, and reads and writes through what it gets.
import type { BindingData } from '../core/binding-data.ts';
import type { BindingValue } from '../core/binding-value.ts';
import { HostError, messageOf } from '../core/error.ts';
import { bindingsFailed, inputFailed, outputFailed } from '../core/errors/invocation.ts';
import type { ExpressionContext, Template } from '../core/expressions/template.ts';
import type { BoundOutput, EventScope, Input, Output } from '../core/extension.ts';
import type { BindingMetadata } from '../core/function-app.ts';
import type { Remark } from '../core/remark.ts';
import { readOutputs } from '../worker/payload/outputs.ts';
import type { PayloadReply } from '../worker/payload/reply.ts';

export type LoadedBindings = {
  readonly inputs: readonly { readonly binding: BindingMetadata; readonly input: Input }[];
  readonly outputs: readonly { readonly binding: BindingMetadata; readonly output: Output }[];
};

export type FunctionBindings = {
  /** All of the function's. */
  readonly metadata: readonly BindingMetadata[];
  /** Once, with the first call. Rejects when one of them cannot be made; the next call tries again. */
  load(): Promise<LoadedBindings>;
  readonly expressions: Omit<ExpressionContext, 'functionName'>;
  /** Text in outputs stays text. */
  readonly keepsText: boolean;
};

/** For one attempt. Errors are HostErrors and are returned: a run that fails is nothing exceptional. */
export class OpenBindings {
  readonly #functionName: string;
  readonly #bindings: FunctionBindings;
  readonly #loaded: LoadedBindings;
  readonly #scope: EventScope;
  readonly #bound = new Map<string, BoundOutput>();
  readonly remarks: Remark[] = [];

  private constructor(functionName: string, invocationId: string, bindings: FunctionBindings, loaded: LoadedBindings, data: BindingData) {
    this.#functionName = functionName;
    this.#bindings = bindings;
    this.#loaded = loaded;
    this.#scope = { functionName, invocationId, bind: (template) => this.#bind(template, data) };
  }

  /** Fills in the expressions of the outputs: a name without a value costs no call of the handler. */
  static async open(
    functionName: string,
    invocationId: string,
    bindings: FunctionBindings,
    data: BindingData,
  ): Promise<OpenBindings | HostError> {
    try {
      const opened = new OpenBindings(functionName, invocationId, bindings, await bindings.load(), data);
      for (const { binding, output } of opened.#loaded.outputs) opened.#bound.set(binding.name, output.bind(opened.#scope));
      return opened;
    } catch (error) {
      return asHostError(error, (reason) => bindingsFailed({ functionName, reason, cause: error }));
    }
  }

  /** Side by side, in the order of function.json. */
  async read(signal: AbortSignal): Promise<[name: string, value: BindingValue][] | HostError> {
    const reads = this.#loaded.inputs.map(async ({ binding, input }): Promise<[string, BindingValue] | HostError> => {
      try {
        return [binding.name, await input.read(this.#scope, signal)];
      } catch (error) {
        return asHostError(error, (reason) => inputFailed({ binding: binding.name, type: binding.type, reason, cause: error }));
      }
    });
    const values: [string, BindingValue][] = [];
    for (const one of await Promise.all(reads)) {
      if (one instanceof HostError) return one;
      values.push(one);
    }
    return values;
  }

  /** Side by side; one that fails takes back nothing of the others. */
  async write(reply: PayloadReply, signal: AbortSignal): Promise<HostError | undefined> {
    const values = readOutputs(this.#bindings.metadata, reply, this.#bindings);
    const writes = values.map(async (value): Promise<HostError | undefined> => {
      try {
        const remarks = (await this.#bound.get(value.name)?.write(value, signal)) ?? [];
        this.remarks.push(...remarks.map((remark) => ({ ...remark, about: value.name })));
        return undefined;
      } catch (error) {
        const type = this.#bindings.metadata.find(({ name }) => name === value.name)?.type ?? '';
        return asHostError(error, (reason) =>
          outputFailed({ functionName: this.#functionName, binding: value.name, type, reason, cause: error }),
        );
      }
    });
    return (await Promise.all(writes)).find((error) => error !== undefined);
  }

  #bind(template: Template, data: BindingData): string {
    const bound = template.bind(data, { ...this.#bindings.expressions, functionName: this.#functionName });
    if ('error' in bound) throw bound.error;
    this.remarks.push(...bound.remarks);
    return bound.text;
  }
}

function asHostError(error: unknown, describe: (reason: string) => HostError): HostError {
  return error instanceof HostError ? error : describe(messageOf(error));
}
