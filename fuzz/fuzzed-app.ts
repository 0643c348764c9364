// The host on loopback before fuzz/handler.cjs, which it starts itself, with one function that takes everything.

import { readFileSync } from 'node:fs';
import { createHost } from '../packages/portico/src/index.ts';
import { readAnswers } from '../test/http/support/answer-reader.ts';
import { temporaryApp } from '../test/support/temporary-app.ts';
import { talk } from './talk.ts';
import { insist } from './target.ts';

export const MODES = ['proxy', 'payload'] as const;
export type FuzzedMode = (typeof MODES)[number];

/** What the handler got: in proxy mode as it came, in payload mode what its envelope says. `unreadable`: it was no HTTP. */
export type Seen = {
  readonly method?: string;
  readonly id?: string;
  readonly target?: string;
  readonly body?: string;
  readonly unreadable?: string;
};

export type FuzzedApp = AsyncDisposable & {
  readonly port: number;
  /** What it has seen since it was asked last; the question shows that the host is still there. */
  seen(): Promise<readonly Seen[]>;
};

export async function startFuzzedApp(mode: FuzzedMode): Promise<FuzzedApp> {
  const app = temporaryApp({
    'handler.cjs': readFileSync(new URL('handler.cjs', import.meta.url), 'utf8'),
    'host.json': {
      version: '2.0',
      customHandler: {
        description: { defaultExecutablePath: process.execPath, arguments: ['handler.cjs'] },
        ...(mode === 'proxy' && { enableProxyingHttpRequest: true }),
      },
      extensions: { http: { routePrefix: '' } },
    },
    'Hello/function.json': undefined,
    'Everything/function.json': {
      bindings: [
        { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', route: '{*path}' },
        { type: 'http', direction: 'out', name: 'res' },
      ],
    },
  });
  const host = createHost({ root: app.root, port: 0, environment: { PATH: process.env['PATH'], FUZZ_MODE: mode } });
  await host.start();
  await host.ready;
  const port = Number(new URL(host.url).port);
  return {
    port,
    async seen() {
      const { text } = await talk(port, ['GET /told HTTP/1.1\r\nHost: app.example\r\n\r\n'], ['GET']);
      const [answer] = readAnswers(text, ['GET'], true).answers;
      insist(answer?.status === 200 && answer.complete, 'the host answers the next one as ever', () => JSON.stringify(text));
      return JSON.parse(answer.body) as Seen[];
    },
    async [Symbol.asyncDispose]() {
      await host.stop();
      app[Symbol.dispose]();
    },
  };
}
