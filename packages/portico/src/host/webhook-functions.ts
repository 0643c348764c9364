// Which functions of an app the webhooks of extensions are for, and the keys that open those.
import { EXTENSIONS } from '../bindings/index.ts';
import { webhookKeyName } from '../core/authorization.ts';
import type { BindingExtension } from '../core/extension.ts';
import type { BindingMetadata, FunctionMetadata } from '../core/function-app.ts';
import { declaredBinding } from './make-bindings.ts';

type Triggered = Pick<FunctionMetadata, 'name' | 'trigger' | 'disabled'>;

export const WEBHOOK_EXTENSIONS: readonly BindingExtension[] = EXTENSIONS.filter(({ webhook }) => webhook !== undefined);

/** Those that have one of its triggers and are not disabled. */
export function webhookFunctions(
  extension: BindingExtension,
  functions: readonly Triggered[],
): readonly { readonly name: string; readonly trigger: BindingMetadata }[] {
  return functions.flatMap(({ name, trigger, disabled }) =>
    trigger !== undefined && !disabled && declaredBinding(trigger)?.extension === extension ? [{ name, trigger }] : [],
  );
}

export function webhookKeyNames(functions: readonly Triggered[]): readonly string[] {
  return WEBHOOK_EXTENSIONS.filter((extension) => webhookFunctions(extension, functions).length > 0).map(({ name }) =>
    webhookKeyName(name),
  );
}
