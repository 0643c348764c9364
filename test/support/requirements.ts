// Programs that some tests need and that not every machine has. A test without its program is skipped, with a reason that
// npm test prints at its end; where nothing may be skipped (PORTICO_TEST_REQUIRE_ALL=1, as in CI) its file fails instead.
import { spawnSync } from 'node:child_process';
import { accessSync, appendFileSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program, the Debian packages it comes with, and where it needs more than to be there, how to see whether it works and what to say if not. */
type Program = { command: string; packages: string; check?: string[]; lacking?: string; isMissing?: boolean };

const PROGRAMS = {
  go: { command: 'go', packages: 'golang-go' },
  r: { command: 'Rscript', packages: 'r-base-core r-cran-httpuv r-cran-jsonlite', check: ['-e', 'library(httpuv); library(jsonlite)'] },
  git: { command: 'git', packages: 'git' },
  python: { command: 'python3', packages: 'python3' },
  nginx: { command: 'nginx', packages: 'nginx-light' },
  wrk: { command: 'wrk', packages: 'wrk' },
  chromium: { command: 'chromium', packages: 'chromium' },
  processNamespace: {
    command: 'unshare',
    packages: 'util-linux',
    check: ['--map-root-user', '--pid', '--fork', '--mount-proc', 'true'],
    lacking: 'a process namespace cannot be made here (it takes Linux, and root or user namespaces)',
  },
  networkNamespace: {
    command: 'unshare',
    packages: 'util-linux',
    check: ['--map-root-user', '--net', 'ip', 'link', 'set', 'lo', 'up'],
    lacking: 'a network namespace cannot be made here (it takes Linux, root or user namespaces, and Debian: apt-get install iproute2)',
  },
  terminal: { command: 'script', packages: 'bsdutils', check: ['--quiet', '--return', '--command', 'true', '/dev/null'] },
  busybox: { command: 'busybox', packages: 'busybox' },
  // Made on first need: this looks whether it has been, and makes it if not.
  azurite: {
    command: 'node',
    packages: 'nodejs',
    check: [fileURLToPath(new URL('../../scripts/bundle-azurite.mjs', import.meta.url))],
    lacking: 'Azurite cannot be installed here (it takes the npm registry; node scripts/bundle-azurite.mjs says more)',
    isMissing: process.env.PORTICO_TEST_WITHOUT_AZURITE === '1',
  },
} satisfies Record<string, Program>;

export type Requirement = keyof typeof PROGRAMS;

/**
 * What is missing for a test, or undefined: `test.skipIf(needs('go'))('…', …)`.
 * The file named by PORTICO_TEST_SKIPS collects the reasons.
 */
export function needs(name: Requirement): string | undefined {
  const { command, packages, check, lacking, isMissing = false }: Program = PROGRAMS[name];
  const file = isMissing ? undefined : find(command);
  if (file !== undefined && (check === undefined || spawnSync(file, check, { stdio: 'ignore' }).status === 0)) return undefined;
  const reason = lacking ?? `${name} is not installed (Debian: apt-get install ${packages})`;
  if (process.env.PORTICO_TEST_REQUIRE_ALL === '1') throw new Error(`A test may not be skipped here, but ${reason}.`);
  if (process.env.PORTICO_TEST_SKIPS) appendFileSync(process.env.PORTICO_TEST_SKIPS, `${reason}\n`);
  return reason;
}

/** Servers live in folders that an ordinary user's PATH leaves out. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** The full path of a program, or undefined. */
export function find(command: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, command)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      // Not here; perhaps in the next folder.
      return false;
    }
  });
}
