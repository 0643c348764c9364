// `%NAME%` in the properties of a binding stands for an app setting. https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns#binding-expressions---app-settings

export type ResolvedNames =
  | { readonly text: string }
  | { readonly text: undefined /** In the words of Azure's host. */; readonly fault: string };

/** Puts in every name that `setting` knows; one that it does not know, or a "%" without its partner, is a fault. */
export function resolveNames(text: string, setting: (name: string) => string | undefined): ResolvedNames {
  let resolved = '';
  let end = 0;
  for (let start = text.indexOf('%'); start >= 0; start = text.indexOf('%', end)) {
    const close = text.indexOf('%', start + 1);
    if (close < 0) return { text: undefined, fault: `The '%' at position ${start} does not have a closing '%'` };
    const name = text.slice(start + 1, close);
    // Parity: an empty name is looked up like any other, and not found.
    const value = name === '' ? undefined : setting(name);
    if (value === undefined) return { text: undefined, fault: `'%${name}%' does not resolve to a value.` };
    resolved += text.slice(end, start) + value;
    end = close + 1;
  }
  return { text: resolved + text.slice(end) };
}
