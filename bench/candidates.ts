// The servers that are compared. Each is started once per measure and stays up; only the load goes round.
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Mode, makeApp } from './apps.ts';
import { executableOf, loadCore, processTree, proxyCore } from './machine.ts';
import { benchFolder, type Programs, porticoCommand } from './prerequisites.ts';
import { firstOk, freePort, launch, stopProcess } from './processes.ts';

export const candidateNames = ['direct', 'nginx', 'http-proxy', 'reply-from', 'forward', 'proxy', 'payload'] as const;
export type CandidateName = (typeof candidateNames)[number];
export type NodeProgram = 'http-proxy' | 'reply-from' | 'bare';

export type Server = {
  readonly name: string;
  readonly port: number;
  /** The processes that are judged: neither the handler nor anything of ours. */
  pids(): number[];
};

export type Workshop = {
  readonly folder: string;
  readonly nodePath: string;
  readonly env: NodeJS.ProcessEnv;
  readonly programs: Programs;
};

export const isPortico = (name: string): boolean => ['forward', 'proxy', 'payload'].includes(name);

/** Starts them all, one handler for those that do not bring their own. They stop when the stack is disposed of. */
export async function startCandidates(
  workshop: Workshop,
  names: readonly CandidateName[],
  running: AsyncDisposableStack,
): Promise<Server[]> {
  const handlerPort = names.every(isPortico) ? 0 : (await startHandler(workshop, running)).port;
  const servers: Server[] = [];
  for (const name of names) {
    servers.push(await start(name));
  }
  return servers;

  function start(name: CandidateName): Promise<Server> | Server {
    if (name === 'direct') return { name, port: handlerPort, pids: () => [] };
    if (name === 'nginx') return startNginx(workshop, handlerPort, running);
    if (name === 'http-proxy' || name === 'reply-from') return startNodeProgram(workshop, name, handlerPort, running);
    return startPortico(
      workshop,
      name,
      makeApp(newFolder(workshop, name), name, workshop.programs.handler, ['hello', 'big', 'up']),
      running,
    );
  }
}

export async function startHandler(workshop: Workshop, running: AsyncDisposableStack): Promise<Server> {
  const port = await freePort();
  return serve(workshop, running, {
    name: 'handler',
    port,
    path: '/api/hello',
    core: loadCore,
    command: workshop.programs.handler,
    args: ['-port', String(port)],
  });
}

export function startNodeProgram(
  workshop: Workshop,
  name: NodeProgram,
  handlerPort: number,
  running: AsyncDisposableStack,
): Promise<Server> {
  return startNode(workshop, name, join('proxies', `${name}.mjs`), (port) => [String(port), String(handlerPort)], running);
}

/** @param file in bench/; what it starts answers /api/hello. */
export async function startNode(
  workshop: Workshop,
  name: string,
  file: string,
  argumentsFor: (port: number) => readonly string[],
  running: AsyncDisposableStack,
): Promise<Server> {
  const port = await freePort();
  const args = [join(benchFolder, file), ...argumentsFor(port)];
  return serve(workshop, running, { name, port, path: '/api/hello', core: proxyCore, command: workshop.nodePath, args });
}

/** @param path answered with 200 once the app is up. */
export async function startPortico(
  workshop: Workshop,
  name: Mode | string,
  root: string,
  running: AsyncDisposableStack,
  path = '/api/hello',
): Promise<Server> {
  const port = await freePort();
  const args = [porticoCommand, 'start', root, '--port', String(port)];
  const server = await serve(workshop, running, { name, port, path, core: proxyCore, command: workshop.nodePath, args });
  const isJudged = (pid: number) => ![undefined, workshop.programs.handler].includes(executableOf(pid));
  return { ...server, pids: () => server.pids().filter(isJudged) };
}

async function startNginx(workshop: Workshop, handlerPort: number, running: AsyncDisposableStack): Promise<Server> {
  const port = await freePort();
  const folder = newFolder(workshop, 'nginx');
  mkdirSync(folder);
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, nginxConfiguration(folder, port, handlerPort));
  return serve(workshop, running, {
    name: 'nginx',
    port,
    path: '/api/hello',
    core: proxyCore,
    command: 'nginx',
    args: ['-p', folder, '-c', file, '-e', join(folder, 'errors.log')],
  });
}

/** One worker and connections kept to the handler; no access log, which flatters it; the sizes of its buffers are its defaults. */
function nginxConfiguration(folder: string, port: number, handlerPort: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${folder}/${kind};`);
  return `daemon off; worker_processes 1; pid ${folder}/nginx.pid;
events { worker_connections 4096; }
http {
${temporary.join('\n')}
  access_log off; keepalive_requests 1000000000; client_max_body_size 0;
  upstream handler { server 127.0.0.1:${handlerPort}; keepalive 128; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://handler; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off;
    }
  }
}
`;
}

type Start = { name: string; port: number; path: string; core: number; command: string; args: readonly string[] };

/** With settings that only this candidate gets. */
export const withSettings = (workshop: Workshop, settings: NodeJS.ProcessEnv): Workshop => ({
  ...workshop,
  env: { ...workshop.env, ...settings },
});

async function serve(workshop: Workshop, running: AsyncDisposableStack, { name, port, path, core, command, args }: Start): Promise<Server> {
  const logFile = `${newFolder(workshop, name)}.log`;
  const child: ChildProcess = launch({ command, args, core, env: workshop.env, logFile });
  running.defer(() => stopProcess(child));
  await firstOk(port, path, child, logFile).catch((error: Error) => {
    throw new Error(`${name} did not start: ${error.message}`, { cause: error });
  });
  return { name, port, pids: () => processTree(child.pid as number) };
}

let folderCount = 0;

/** A path that nobody has used yet; it is not created. */
export function newFolder(workshop: Workshop, name: string): string {
  folderCount += 1;
  return join(workshop.folder, `${name}-${folderCount}`);
}
