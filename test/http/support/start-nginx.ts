// nginx before the same handler: a plain reverse proxy that keeps its connections to the handler.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/free-port.ts';
import { find } from '../../support/requirements.ts';
import type { Front } from './run-cases.ts';

export async function startNginx(handlerPort: number): Promise<Front> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-nginx-'));
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, handlerPort));
  const process = spawn(find('nginx') ?? 'nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  process.stderr.on('data', (text) => (complaints += text));
  const exited = once(process, 'exit');
  while (!(await accepts(port))) {
    if (process.exitCode !== null) throw new Error(`nginx does not start: ${complaints}`);
    await sleep(10);
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      process.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(folder: string, port: number, handlerPort: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  // Started by root, its workers would become somebody who may not write here.
  return `${userInfo().uid === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${folder}/pid;
events { worker_connections 2048; }
http {
  access_log off;
  ${temporary.join(' ')}
  client_max_body_size 64k;
  upstream handler { server 127.0.0.1:${handlerPort}; keepalive 64; }
  map $http_upgrade $wished_protocol { default ''; websocket websocket; }
  map $http_upgrade $wished_connection { default ''; websocket upgrade; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://handler;
      proxy_http_version 1.1;
      proxy_set_header Connection $wished_connection;
      proxy_set_header Upgrade $wished_protocol;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // Not yet.
    return false;
  } finally {
    socket.destroy();
  }
}
