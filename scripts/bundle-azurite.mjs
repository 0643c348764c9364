// Makes packages/portico/dist/azurite.cjs: Azurite with all it needs in one file, without what an emulator on loopback does not need.
// Its own folder of packages is 365 MB, most of it SQL databases and telemetry, so no package here depends on it: this installs it beside them
// when somebody needs storage for the first time. Plain JavaScript for Node 20, like setup.mjs.
//   node scripts/bundle-azurite.mjs [--force]
// Does nothing when the bundle is up to date. Says what it does on standard error, in one line.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'scripts/azurite');
const DIST = join(ROOT, 'packages/portico/dist');
const BUNDLE = join(DIST, 'azurite.cjs');
const LICENCES = join(DIST, 'azurite.LICENSES.txt');
const CACHE = join(ROOT, 'node_modules/.cache/portico-azurite');
const ABANDONED_MS = 3_600_000;
const MAX_BYTES = 4_000_000;

/** By the end of a module's path: what stands in its place. The two packages are loaded by SqlBlobServer alone; undefined is an empty module. */
const INSTEAD = {
  'azurite/dist/src/blob/SqlBlobServer.js': undefined,
  'azurite/dist/src/blob/SqlBlobConfiguration.js': undefined,
  'azurite/dist/src/common/Telemetry.js': 'no-telemetry.cjs',
  'lokijs/src/lokijs.js': 'journaled-loki.cjs',
};

const fingerprint = fingerprintOfSources();
if (process.argv.includes('--force') || !isBuilt()) await bundle();

function fingerprintOfSources() {
  const hash = createHash('sha256');
  for (const file of [
    fileURLToPath(import.meta.url),
    ...readdirSync(SOURCE)
      .sort()
      .map((name) => join(SOURCE, name)),
  ])
    hash.update(readFileSync(file));
  return hash.digest('hex');
}

/** The bundle says of itself what it was made of, so that no second file can disagree with it. */
function isBuilt() {
  return existsSync(BUNDLE) && existsSync(LICENCES) && readFileSync(BUNDLE, 'latin1').trimEnd().endsWith(`// ${fingerprint}`);
}

async function bundle() {
  const startedAt = performance.now();
  process.stderr.write('Preparing Azurite, the storage emulator, for its first use … ');
  mkdirSync(CACHE, { recursive: true });
  mkdirSync(DIST, { recursive: true });
  // Left by runs that were killed.
  for (const name of readdirSync(CACHE))
    if (Date.now() - statSync(join(CACHE, name)).mtimeMs > ABANDONED_MS) rmSync(join(CACHE, name), { recursive: true, force: true });
  // A folder of its own for each run: two at once do the work twice, and the last to be done replaces whole files.
  const folder = mkdtempSync(join(CACHE, 'run-'));
  try {
    install(folder);
    const { code, modules } = await bundled(folder);
    if (code.length > MAX_BYTES) throw new Error(`The bundle has ${code.length} bytes, more than the ${MAX_BYTES} that are allowed.`);
    replace(LICENCES, licences(modules), folder);
    replace(BUNDLE, `${code}\n// ${fingerprint}\n`, folder);
    process.stderr.write(`done in ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  } catch (error) {
    process.stderr.write(`failed.\n${error.message}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function install(folder) {
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(SOURCE, name), join(folder, name));
  cpSync(join(ROOT, '.npmrc'), join(folder, '.npmrc'));
  // Every version is pinned, so what npm has in its cache will do; and where there is no network, that is told soon.
  const args = [
    'ci',
    '--prefer-offline',
    '--fetch-retries=1',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
  ];
  const options = { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const { npm_execpath: script, npm_node_execpath: node = process.execPath } = process.env;
  const { status, error, stdout, stderr } = script
    ? spawnSync(node, [script, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status === 0) return;
  const output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim().split('\n').slice(-10).join('\n');
  throw new Error(`${output}\nnpm could not install the package azurite. Is the npm registry within reach?`);
}

async function bundled(folder) {
  const { rolldown } = await import('rolldown');
  const packages = join(folder, 'node_modules');
  const ours = (name) => join(SOURCE, name);
  const build = await rolldown({
    cwd: folder,
    input: ours('main.cjs'),
    platform: 'node',
    logLevel: 'silent',
    resolve: { modules: [packages], mainFields: ['main'] },
    plugins: [
      {
        name: 'leave-out',
        async resolveId(source, importer, options) {
          const found = await this.resolve(source, importer, { ...options, skipSelf: true });
          const end = found && Object.keys(INSTEAD).find((path) => found.id.endsWith(path.replaceAll('/', sep)));
          if (!end || importer === ours(INSTEAD[end] ?? '')) return found;
          return INSTEAD[end] === undefined ? { id: '\0nothing' } : { id: ours(INSTEAD[end]) };
        },
        load(id) {
          return id === '\0nothing' ? { code: 'module.exports = {};', moduleType: 'js' } : undefined;
        },
      },
    ],
  });
  const { output } = await build.generate({ format: 'cjs', minify: true, codeSplitting: false });
  await build.close();
  if (output.length !== 1) throw new Error(`The bundle has ${output.length} files instead of one.`);
  const [{ code, moduleIds }] = output;
  return { code, modules: moduleIds };
}

/** The licences of what is inside ask for their text to travel with it. */
function licences(modules) {
  const packages = new Set(modules.map((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0]).filter(Boolean));
  const texts = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    // Azurite's own notice is a megabyte about its dependencies, whose licences stand here by themselves.
    const wanted = name === 'azurite' ? /^licen[cs]e/i : /^(licen[cs]e|notice)/i;
    const files = readdirSync(path).filter((entry) => wanted.test(entry) && statSync(join(path, entry)).isFile());
    return [`${name} ${version} (${license})`, ...files.map((file) => readFileSync(join(path, file), 'utf8').trim())].join('\n\n');
  });
  return `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** Whoever reads it sees the old file or the new one. */
function replace(file, content, folder) {
  const draft = join(folder, 'draft');
  writeFileSync(draft, content);
  renameSync(draft, file);
}
