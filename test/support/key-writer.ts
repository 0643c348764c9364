// Another process that works on `.portico/keys.json`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

const MODULES = new URL('../../packages/portico/src/', import.meta.url);

/**
 * Does what it is asked, and answers with a word.
 * `add COUNT PREFIX`: adds so many keys to the function `hello`, one by one. `hang`: stays in the middle of a change for ever.
 */
export function startKeyWriter(root: string) {
  const program = `
    import { createInterface } from 'node:readline';
    import { openKeyStore } from '${new URL('keys/open-key-store.ts', MODULES)}';
    const log = new Proxy({}, { get: () => () => {} });
    const never = new AbortController().signal;
    const store = openKeyStore({ root: ${JSON.stringify(root)}, settings: {}, hostId: 'app', log });
    for await (const line of createInterface({ input: process.stdin })) {
      const [word, count, prefix] = line.split(' ');
      if (word === 'hang') await store.changeFunction('hello', () => {
        console.log('hanging');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }, never);
      for (let i = 0; i < Number(count); i += 1)
        await store.changeFunction('hello', (before = []) => [...before, { name: prefix + i, value: 'v' }], never);
      console.log('added');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line: string): Promise<string> {
      child.stdin.write(`${line}\n`);
      const { value } = await lines.next();
      return String(value);
    },
    /** SIGKILL. */
    async kill(): Promise<void> {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
