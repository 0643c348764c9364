/** Something about an invocation that its author should read once: above all, what would happen on Azure instead. */
export type Remark = {
  /** Words in capitals; the host says each once per function. */
  readonly code: string;
  readonly message: string;
};
