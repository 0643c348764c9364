import { EXTENSIONS } from '../bindings/index.ts';
import type { BindingContext, BindingExtension, BindingType } from '../core/extension.ts';
import type { BindingMetadata, FunctionMetadata } from '../core/function-app.ts';
import type { FunctionBindings, LoadedBindings } from '../invocation/function-bindings.ts';
import { systemClock } from '../platform/system-clock.ts';
import { systemRandom } from '../platform/system-random.ts';

export type Declared = { readonly extension: BindingExtension; readonly type: BindingType };

/** By type, in lower case. */
const DECLARED: ReadonlyMap<string, Declared> = new Map(
  EXTENSIONS.flatMap((extension) => Object.entries(extension.types).map(([name, type]) => [name.toLowerCase(), { extension, type }])),
);

/** What runs a binding. Undefined for HTTP, which is no extension. */
export function declaredBinding(binding: Pick<BindingMetadata, 'type'> | undefined): Declared | undefined {
  return binding && DECLARED.get(binding.type.toLowerCase());
}

export type BindingParts = {
  readonly contextFor: (extension: BindingExtension) => Promise<BindingContext>;
  readonly keepsText: boolean;
};

/** The inputs and outputs of a function; undefined when it has none besides its trigger and HTTP. */
export function functionBindings(
  { bindings, trigger }: FunctionMetadata,
  { contextFor, keepsText }: BindingParts,
): FunctionBindings | undefined {
  const others = bindings.flatMap((binding) => {
    const declared = binding === trigger ? undefined : declaredBinding(binding);
    return declared === undefined ? [] : [{ binding, declared }];
  });
  if (others.length === 0) return undefined;
  let loading: Promise<LoadedBindings> | undefined;

  async function load(): Promise<LoadedBindings> {
    const made = others.map(async ({ binding, declared: { extension, type } }) => {
      const context = await contextFor(extension);
      const [inputs, outputs] = await Promise.all([
        binding.direction === 'out' ? undefined : type.input?.(),
        binding.direction === 'in' ? undefined : type.output?.(),
      ]);
      return { binding, input: inputs?.createInput(binding, context), output: outputs?.createOutput(binding, context) };
    });
    const all = await Promise.all(made);
    return {
      inputs: all.flatMap(({ binding, input }) => (input === undefined ? [] : [{ binding, input }])),
      outputs: all.flatMap(({ binding, output }) => (output === undefined ? [] : [{ binding, output }])),
    };
  }

  return {
    metadata: bindings,
    keepsText,
    expressions: { clock: systemClock, random: systemRandom },
    load() {
      // One that could not be made is tried again with the next event.
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return loading;
    },
  };
}
