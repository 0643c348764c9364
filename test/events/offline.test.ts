// An app of timers in a place without any network: nothing is missing, and nobody is asked.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { eventApp } from '../support/event-app.ts';
import { needs } from '../support/requirements.ts';
import { until } from '../support/until.ts';

const PORTICO = fileURLToPath(new URL('../../packages/portico/bin/portico.cjs', import.meta.url));

test.skipIf(needs('networkNamespace'))('a timer runs where there is no network, and no connection is tried', async () => {
  const app = eventApp({
    functions: { Tick: [{ type: 'timerTrigger', direction: 'in', name: 'tick', schedule: '0 0 0 1 1 *', runOnStartup: true }] },
    // Every socket that the host opens passes by here: to a port of this machine, or to nobody.
    files: {
      'watch.cjs': `
        const { appendFileSync } = require('node:fs');
        const { Socket } = require('node:net');
        const { connect } = Socket.prototype;
        Socket.prototype.connect = function (...args) {
          const [options] = Array.isArray(args[0]) ? args[0] : args;
          appendFileSync(${JSON.stringify('connections.txt')}, JSON.stringify([options.host ?? options.path, options.port ?? 0]) + '\\n');
          return connect.apply(this, args);
        };`,
    },
  });
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...environment } = process.env;
  const script = 'ip link set lo up; exec "$@"';
  const host = [
    process.execPath,
    '--require',
    join(app.root, 'watch.cjs'),
    PORTICO,
    'start',
    app.root,
    '--port',
    '0',
    '--log',
    'default=information',
  ];
  const child = spawn('unshare', ['--map-root-user', '--net', 'sh', '-c', script, 'sh', ...host], { cwd: app.root, env: environment });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await until(() => app.received.length === 1);
    expect(output).toContain('State: .portico/state.db');
    expect(output).not.toMatch(/✗|ENETUNREACH|EAI_AGAIN/);
    const tried = readFileSync(join(app.root, 'connections.txt'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)[0]);
    // The handler alone.
    expect(new Set(tried)).toEqual(new Set(['127.0.0.1']));
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
});
