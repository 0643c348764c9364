// Builds what npm start runs and npm publishes: one bundle per entry point, and the declarations of the two packages.
// Bundles, because a start that opens fifty small files answers its first request tens of milliseconds later.
// Does nothing when no source has changed since the last build; --force builds all the same.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [
  'packages/*/src/**/*.ts',
  'packages/*/package.json',
  'examples/public-ip/src/**/*.ts',
  'package-lock.json',
  'scripts/build.mjs',
];
const STAMP = join(ROOT, 'node_modules/.cache/portico-build');

// CommonJS where start-up counts: an ES module that imports node:http makes Node load all its exports, an HTTP client among them,
// which costs tens of milliseconds and megabytes.
const TARGETS = [
  { folder: 'packages/portico', entries: { cli: 'src/cli/main.ts', index: 'src/index.ts' }, format: 'cjs', declarations: true },
  { folder: 'packages/handler', entries: { index: 'src/index.ts' }, format: 'esm', declarations: true },
  { folder: 'examples/public-ip', entries: { server: 'src/server.ts' }, format: 'cjs' },
];
const ENDINGS = { cjs: '.cjs', esm: '.js' };

// What each start of an app loads. Left to itself the bundler makes a file of whatever the same commands share, and twenty small ones with a hundred
// names between them cost a start five milliseconds. A module goes to the first of these that all of its `roots` import, directly or not.
const CHUNKS = {
  'packages/portico': [
    // Of these two the program needs a part before it knows what it is asked for, and that may not bring the rest with it.
    { name: 'core', roots: ['src/cli/main.ts', 'src/host/create-host.ts'] },
    { name: 'program', roots: ['src/cli/main.ts', 'src/cli/start.ts'] },
    { name: 'app', roots: ['src/config/load-function-app.ts'] },
    { name: 'host', roots: ['src/host/create-host.ts'] },
    { name: 'start', roots: ['src/cli/start.ts'] },
  ],
};
// They do not say so themselves, and what nobody uses of them runs at each start.
const WITHOUT_SIDE_EFFECTS = /[\\/]node_modules[\\/]jsonc-parser[\\/]/;

async function build() {
  const fingerprint = fingerprintOfSources();
  if (!process.argv.includes('--force') && isBuilt(fingerprint)) return;
  const startedAt = performance.now();
  rmSync(STAMP, { force: true });
  const { rolldown } = await import('rolldown');
  const work = TARGETS.flatMap((target) => [bundle(rolldown, target), ...(target.declarations ? [declare(target)] : [])]);
  const failures = (await Promise.allSettled(work)).filter(({ status }) => status === 'rejected');
  for (const { reason } of failures) process.stderr.write(`${reason.message}\n`);
  if (failures.length > 0) {
    process.stderr.write('The build failed; what is named above comes first.\n');
    process.exitCode = 1;
    return;
  }
  mkdirSync(join(STAMP, '..'), { recursive: true });
  writeFileSync(STAMP, fingerprint);
  process.stderr.write(`built in ${Math.round(performance.now() - startedAt)} ms\n`);
}

function fingerprintOfSources() {
  const hash = createHash('sha256');
  for (const file of globSync(SOURCES, { cwd: ROOT, exclude: ['**/*.test.ts'] }).sort()) {
    const { size, mtimeMs } = statSync(join(ROOT, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function isBuilt(fingerprint) {
  const outputs = TARGETS.flatMap(({ folder, entries, format }) =>
    Object.keys(entries).map((name) => join(ROOT, folder, 'dist', name + ENDINGS[format])),
  );
  return outputs.every(existsSync) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint;
}

/** Dependencies are bundled too. What is imported by `await import()` stays a file of its own, read only when it is needed. */
async function bundle(rolldown, { folder, entries, format }) {
  const built = await rolldown({
    cwd: join(ROOT, folder),
    input: entries,
    platform: 'node',
    resolve: {
      mainFields: ['module', 'main'],
      // The example is built beside the kit, not after it.
      alias: { '@portico/handler': join(ROOT, 'packages/handler/src/index.ts') },
    },
    treeshake: { moduleSideEffects: [{ test: WITHOUT_SIDE_EFFECTS, sideEffects: false }] },
  });
  const dist = join(ROOT, folder, 'dist');
  const fileNames = `[name]${ENDINGS[format]}`;
  // What is not there need not be compiled at every start.
  const { output } = await built.write({
    dir: dist,
    format,
    entryFileNames: fileNames,
    chunkFileNames: fileNames,
    minify: true,
    codeSplitting: { groups: chunkGroups(folder) },
  });
  await built.close();
  // Only what the last build left and this one did not write: a program that runs from here keeps the files it may still import.
  // Azurite is bundled by a script of its own, when somebody needs it.
  const written = new Set([...output.map(({ fileName }) => fileName), 'azurite.cjs']);
  for (const name of readdirSync(dist)) if (/\.c?js$/.test(name) && !written.has(name)) rmSync(join(dist, name));
  writeLicences(output, dist);
}

function chunkGroups(folder) {
  const importsOf = new Map();
  /** The module and all that it imports, what it imports later on excepted. */
  const withImports = (root, bundler) => {
    const ids = importsOf.get(root) ?? new Set([join(ROOT, folder, root)]);
    if (!importsOf.has(root)) for (const id of ids) for (const imported of bundler.getModuleInfo(id)?.importedIds ?? []) ids.add(imported);
    importsOf.set(root, ids);
    return ids;
  };
  return (CHUNKS[folder] ?? []).map(({ name, roots }) => ({
    debugName: name,
    name: (id, bundler) => (roots.every((root) => withImports(root, bundler).has(id)) ? name : null),
  }));
}

/** The licences of bundled packages ask for their text to travel with the code. */
function writeLicences(output, dist) {
  const modules = output.flatMap((chunk) => chunk.moduleIds ?? []);
  const packages = new Set(modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]).filter(Boolean));
  if (packages.size === 0) return;
  const texts = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    const file = readdirSync(path).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(path, file), 'utf8').trim() : ''}\n`;
  });
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** Types are checked by npm test, so that a mistake in one file does not keep the others from being tried out. */
async function declare({ folder }) {
  const source = join(ROOT, folder, 'src');
  const dist = join(ROOT, folder, 'dist');
  // Folders hold nothing but declarations: those of files that are gone go too.
  for (const entry of globSync('*/', { cwd: dist })) rmSync(join(dist, entry), { recursive: true });
  const options = ['--noCheck', '--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--rootDir', source, '--outDir', dist];
  const config = join(STAMP, '..', `${folder.replace('/', '-')}.tsconfig.json`);
  mkdirSync(join(STAMP, '..'), { recursive: true });
  writeFileSync(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), files: [join(source, 'index.ts')], include: [] }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', config, ...options]).catch(({ stdout }) => {
    throw new Error(`The declarations of ${relative(ROOT, source)} cannot be written:\n${stdout}`);
  });
}

await build();
