/** Something about an invocation that its author should read once: above all, what would happen on Azure instead. */
export type Remark = {
  /** Words in capitals; the host says each once for each function, and what it is about. */
  readonly code: string;
  readonly message: string;
  /** A binding of the function. Undefined: the function itself. */
  readonly about?: string;
};
