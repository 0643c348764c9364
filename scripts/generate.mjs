// Writes every generated file anew: each scripts/generate-*.ts has one.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('.', import.meta.url);

for (const name of readdirSync(FOLDER).filter((file) => /^generate-.+\.ts$/.test(file))) {
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(name, FOLDER))], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
