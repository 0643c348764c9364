/** Something about an invocation that its author should read once: above all, what would happen on Azure instead. */
export type Remark = {
  /** Words in capitals, never reused; docs/errors.md has an anchor for each. The host says each once for each function, and what it is about. */
  readonly code: string;
  readonly message: string;
  /** What the reader does next. */
  readonly hint?: string;
  /** A binding of the function, or another function. Undefined: the function itself. */
  readonly about?: string;
};

/** Declares one kind of remark. All of them live in remarks/, a file for each subject. */
export function defineRemark<Facts extends unknown[]>(
  code: string,
  describe: (...facts: Facts) => Omit<Remark, 'code'>,
): ((...facts: Facts) => Remark) & { readonly code: string } {
  return Object.assign((...facts: Facts): Remark => ({ code, ...describe(...facts) }), { code });
}
