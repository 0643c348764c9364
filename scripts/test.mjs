// npm test: every check there is, one after another. Prints what is wrong, what was skipped and why, and last the sums.
//   node scripts/test.mjs [STEP...] [--sample=N]   only these steps; every Nth conformance case
// Nothing may be skipped where PORTICO_TEST_REQUIRE_ALL=1.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCRATCH = mkdtempSync(join(tmpdir(), 'portico-test-'));
const SKIPS = join(SCRATCH, 'skips.txt');
const UNIT_RESULTS = join(SCRATCH, 'unit.json');
const CONFORMANCE_RESULTS = join(ROOT, 'test/conformance/results/summary.json');

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));

/** Each step: what to run with this Node, how long at most, and how its results are read; by default it is one check. */
const STEPS = {
  style: { run: ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--diagnostic-level=warn'], limitS: 60 },
  types: { run: ['typescript/bin/tsc', '-p', '.'], limitS: 60 },
  unused: { run: ['knip/bin/knip.js'], limitS: 60 },
  unit: {
    run: ['vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${UNIT_RESULTS}`],
    limitS: 600,
    read: readUnitResults,
  },
  conformance: { run: ['test/conformance/run.ts', ...flags], limitS: 600, read: readConformanceResults, shows: true },
};

const sums = { passed: 0, failed: 0, skipped: 0 };

for (const [name, step] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (name === 'unit') await prepareAzurite();
  if (name === 'conformance' && process.platform !== 'linux') skip('the conformance run needs Linux, whose /proc it reads');
  else await perform(name, step);
}
summarise();

async function perform(name, { run: [script, ...args], limitS, read = readOneCheck, shows }) {
  const startedAt = performance.now();
  const file = script.startsWith('test/') ? script : join('node_modules', script);
  const { ok, output } = await run([file, ...args], limitS);
  const result = read(ok);
  for (const key of Object.keys(sums)) sums[key] += result[key] ?? 0;
  if (result.failed > 0 || shows) process.stdout.write(output);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${name.padEnd(12)} ${result.failed > 0 ? `${result.failed} FAILED` : 'ok'}, ${result.passed} passed, ${seconds} s`);
}

function run(args, limitS) {
  return new Promise((resolve) => {
    // A process group of its own, so that what it started ends with it.
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PORTICO_TEST_SKIPS: SKIPS, NO_COLOR: '1', NODE_EXTRA_CA_CERTS: '' },
    });
    let output = '';
    child.stdout.on('data', (bytes) => (output += bytes));
    child.stderr.on('data', (bytes) => (output += bytes));
    const stop = (signal) => {
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
      } catch {
        // It has ended in the meantime, which is what was wanted.
      }
    };
    const timer = setTimeout(() => {
      output += `\nstopped: it took more than ${limitS} s\n`;
      // Asked first, because the conformance run has hosts in groups of their own to end.
      stop('SIGTERM');
      setTimeout(() => stop('SIGKILL'), 5000).unref();
    }, limitS * 1000);
    const interrupted = () => {
      stop('SIGTERM');
      process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
    child.once('close', (code) => {
      clearTimeout(timer);
      for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, interrupted);
      resolve({ ok: code === 0, output });
    });
  });
}

/** Once, before several files need it at the same moment; and where it cannot be had, none of them tries again. */
async function prepareAzurite() {
  const { ok, output } = await run(['scripts/bundle-azurite.mjs'], 180);
  process.stdout.write(output);
  if (!ok) process.env.PORTICO_TEST_WITHOUT_AZURITE = '1';
}

function readOneCheck(ok) {
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function readUnitResults(ok) {
  if (!existsSync(UNIT_RESULTS)) return readOneCheck(false);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(UNIT_RESULTS, 'utf8'));
  // A file that fails before its first test has no failed test to count.
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  const failed = numFailedTests + brokenFiles.length;
  return { passed: numPassedTests, failed: ok ? failed : Math.max(failed, 1), skipped: numPendingTests + numTodoTests };
}

function readConformanceResults(ok) {
  if (!existsSync(CONFORMANCE_RESULTS)) return readOneCheck(false);
  const { passed, failed } = JSON.parse(readFileSync(CONFORMANCE_RESULTS, 'utf8'));
  return { passed, failed: ok ? failed : Math.max(failed, 1) };
}

function skip(reason) {
  writeFileSync(SKIPS, `${reason}\n`, { flag: 'a' });
  sums.skipped += 1;
}

function summarise() {
  const reasons = new Set(existsSync(SKIPS) ? readFileSync(SKIPS, 'utf8').trim().split('\n') : []);
  for (const reason of reasons) console.log(`skipped: ${reason}`);
  rmSync(SCRATCH, { recursive: true, force: true });
  if (process.env.PORTICO_TEST_REQUIRE_ALL === '1' && sums.skipped > 0) {
    console.log(`${sums.skipped} tests were skipped where none may be.`);
    sums.failed += sums.skipped;
    sums.skipped = 0;
  }
  console.log(`${sums.passed} passed, ${sums.failed} failed${sums.skipped > 0 ? `, ${sums.skipped} skipped` : ''}`);
  process.exitCode = sums.failed === 0 ? 0 : 1;
}
