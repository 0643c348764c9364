import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

/** With nothing in reach: the folders searched are read when the module is. */
async function needsWithoutPrograms() {
  vi.stubEnv('PATH', '/nowhere');
  vi.resetModules();
  return (await import('./requirements.ts')).needs;
}

describe('needs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-requirements-'));
  const skips = join(folder, 'skips.txt');

  beforeEach(() => {
    vi.stubEnv('PORTICO_TEST_SKIPS', skips);
    vi.stubEnv('PORTICO_TEST_REQUIRE_ALL', '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(skips, { force: true });
  });

  test('gives a reason to skip, and collects it', async () => {
    const needs = await needsWithoutPrograms();
    expect(needs('go')).toBe('go is not installed (Debian: apt-get install golang-go)');
    expect(readFileSync(skips, 'utf8')).toBe('go is not installed (Debian: apt-get install golang-go)\n');
  });

  test('throws where nothing may be skipped', async () => {
    vi.stubEnv('PORTICO_TEST_REQUIRE_ALL', '1');
    const needs = await needsWithoutPrograms();
    expect(() => needs('wrk')).toThrow('A test may not be skipped here, but wrk is not installed');
  });
});
