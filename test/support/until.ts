import { vi } from 'vitest';

/** Resolves as soon as it holds; fails when that takes longer than anything here should. */
export async function until(condition: () => unknown): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`This never came true: ${condition}`);
    },
    { timeout: 15_000, interval: 5 },
  );
}
