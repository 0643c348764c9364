// Stand-ins for the process and the host, for the tests of the command line.

import type { Descriptor } from '../../packages/portico/src/cli/descriptor.ts';
import type { Program, StopSignal } from '../../packages/portico/src/cli/program.ts';
import { readPorticoJson } from '../../packages/portico/src/config/portico-json.ts';
import type { FunctionApp } from '../../packages/portico/src/core/function-app.ts';
import type { Host, HostOptions, ReadyReport } from '../../packages/portico/src/host/create-host.ts';
import { FakeClock } from '../../packages/portico/src/testing/fake-clock.ts';

/** Collects what is written. A test says how many bytes its reader takes, and when it goes away. */
export class FakeDescriptor implements Descriptor {
  readonly isTty: boolean;
  text = '';
  roomBytes = Number.POSITIVE_INFINITY;
  refusal = 'EAGAIN';
  attemptCount = 0;

  constructor({ isTty = false } = {}) {
    this.isTty = isTty;
  }

  write(bytes: Uint8Array): number {
    this.attemptCount++;
    const count = Math.min(bytes.length, this.roomBytes);
    if (count === 0) throw Object.assign(new Error(this.refusal), { code: this.refusal });
    this.text += Buffer.from(bytes.subarray(0, count)).toString('latin1');
    this.roomBytes -= count;
    return count;
  }

  get lines(): string[] {
    return Buffer.from(this.text, 'latin1').toString().split('\n').slice(0, -1);
  }
}

export type FakeProgram = Program & {
  readonly stdout: FakeDescriptor;
  readonly stderr: FakeDescriptor;
  readonly clock: FakeClock;
  readonly exits: number[];
  send(signal: StopSignal): void;
};

export function createFakeProgram({ argv, ...rest }: Partial<Program> & Pick<Program, 'argv'>): FakeProgram {
  const listeners: ((signal: StopSignal) => void)[] = [];
  const exits: number[] = [];
  return {
    argv,
    environment: {},
    workingDirectory: '/app',
    processId: 4242,
    stdout: new FakeDescriptor(),
    stderr: new FakeDescriptor(),
    stdin: { isTty: false, readAll: async () => new Uint8Array(), readLine: async () => '' },
    clock: new FakeClock(),
    onSignal: (listener) => listeners.push(listener),
    onExit: () => {},
    exit: (code) => exits.push(code),
    loadHost: () => Promise.reject(new Error('this command needs no host')),
    ...rest,
    exits,
    send: (signal) => {
      for (const listener of listeners) listener(signal);
    },
  } as FakeProgram;
}

export class FakeHost implements Host {
  readonly options: HostOptions;
  readonly app: FunctionApp;
  state: Host['state'] = 'Starting';
  keys: Host['keys'];
  url = 'http://127.0.0.1:7071';
  ready: Promise<ReadyReport> = Promise.resolve({
    handlers: [{ pid: 4711, port: 43121 }],
    phases: { config: 6, listen: 2, handler: 61 },
    totalMs: 69,
  });
  stateOnceStarted: Host['state'] = 'Running';
  startFailure: unknown;
  stopCount = 0;

  constructor(options: HostOptions, app: Partial<FunctionApp> = {}) {
    this.options = options;
    this.app = {
      root: options.root,
      config: undefined,
      portico: readPorticoJson(options.root).portico,
      local: {},
      settings: {},
      functions: [],
      problems: [],
      ...app,
    };
  }

  async start(): Promise<void> {
    if (this.startFailure) throw this.startFailure;
    this.state = this.stateOnceStarted;
  }

  handlerReady: Host['handlerReady'] = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  functions(): ReturnType<Host['functions']> {
    const url = `${this.url}/api/hello`;
    return [
      {
        name: 'hello',
        type: 'httpTrigger',
        methods: ['get'],
        authLevel: 'function',
        url,
        source: undefined,
        disabled: false,
        problem: undefined,
      },
    ];
  }

  invoke(): never {
    throw new Error('the command line calls no function');
  }

  async stop(): Promise<void> {
    this.stopCount++;
  }
}
