// A page that two threads share: which input is being tried. It tells the one that watches what the other one hangs on, or died of.

/** Longer inputs are noted as far as they fit. */
const MOST_BYTES = 1024 * 1024;
const HEAD_BYTES = 8;

export type InputNote = {
  write(input: unknown): void;
  /** Changes with each input; 0 before the first. */
  count(): number;
  /** JSON. */
  read(): string;
};

export function createNotePage(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEAD_BYTES + MOST_BYTES);
}

export function noteOn(page: SharedArrayBuffer): InputNote {
  const head = new Int32Array(page, 0, 2);
  const bytes = new Uint8Array(page, HEAD_BYTES);
  return {
    write(input) {
      // encodeInto does not write to memory that is shared.
      const text = Buffer.from(JSON.stringify(input)).subarray(0, MOST_BYTES);
      bytes.set(text);
      Atomics.store(head, 1, text.length);
      Atomics.add(head, 0, 1);
    },
    count: () => Atomics.load(head, 0),
    read: () => Buffer.from(bytes.slice(0, Atomics.load(head, 1))).toString(),
  };
}
