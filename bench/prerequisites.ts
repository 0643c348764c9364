// What must be there before anything is measured, and what the bench makes for itself: Go programs, the other proxies, a folder for it all.
import { accessSync, chmodSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { run } from './processes.ts';

export const benchFolder = import.meta.dirname;
/** Of a clone. */
export const commandIn = (clone: string): string => join(clone, 'packages/portico/bin/portico.cjs');
const buildIn = (clone: string): string => join(clone, 'packages/portico/dist/cli.cjs');
const thisClone = join(benchFolder, '..');
export const porticoCommand = commandIn(thisClone);

// Debian keeps nginx where only root's PATH looks.
const path = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].join(delimiter);

/** The environment of everything that is measured. NODE_EXTRA_CA_CERTS would add some 85 ms to each start of Node. */
export function measuredEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...environment } = process.env;
  // Azure's own setting: without it a body of 1 GB is refused, here as there.
  return { ...environment, PATH: path, GOMAXPROCS: '1', FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(2 ** 31) };
}

/** One sentence for each thing that is missing. */
export function missingPrerequisites(needsPortico: boolean, against: string | undefined): string[] {
  const missing: string[] = [];
  if (process.platform !== 'linux') missing.push('Linux: processor time is read from /proc and processes are pinned with taskset.');
  if (availableParallelism() < 2) missing.push('two processor cores: one for the proxy, one for load and handler.');
  for (const [program, debianPackage] of [
    ['wrk', 'wrk'],
    ['nginx', 'nginx-light'],
    ['go', 'golang-go'],
    ['taskset', 'util-linux'],
  ] as const) {
    if (!isOnPath(program)) missing.push(`${program}: not on PATH. On Debian: apt install ${debianPackage}`);
  }
  if (needsPortico && !existsSync(buildIn(thisClone)))
    missing.push('a built Portico: run "npm start" once (packages/portico/dist/cli.cjs is not there).');
  if (against !== undefined && !existsSync(buildIn(against)))
    missing.push(`a built Portico at --against: run "npm start" there once (${buildIn(against)} is not there).`);
  return missing;
}

export type Programs = { readonly handler: string; readonly fixrate: string; readonly transfer: string };

export async function buildPrograms(folder: string): Promise<Programs> {
  const programs = { handler: join(folder, 'handler'), fixrate: join(folder, 'fixrate'), transfer: join(folder, 'transfer') };
  for (const [name, output] of Object.entries(programs)) {
    await run('go', ['build', '-o', output, join(benchFolder, name, 'main.go')], process.env);
  }
  return programs;
}

export async function installProxies(report: (line: string) => void): Promise<void> {
  if (existsSync(join(benchFolder, 'node_modules/http-proxy'))) return;
  report('installing http-proxy, fastify and @fastify/reply-from into bench/node_modules …');
  await run('npm', ['install', '--prefix', benchFolder, '--no-audit', '--no-fund', '--no-package-lock'], process.env);
}

export function temporaryFolder(): Disposable & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'portico-bench-'));
  // An nginx started by root has its worker run as another user, who must reach its temporary files.
  chmodSync(folder, 0o755);
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

function isOnPath(program: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder: the next one may have it.
    }
  });
}
