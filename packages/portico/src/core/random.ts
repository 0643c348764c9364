/** Chance, as the host uses it. platform/ has the real one; a test gives one that always answers the same. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  fraction(): number;
  /** A GUID, version 4, lower case with dashes. */
  uuid(): string;
}
