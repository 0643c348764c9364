// Writes the JSON Schemas of the configuration files and their reference pages, out of the option tables.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from '../packages/portico/src/config/reference-pages.ts';

for (const [name, content] of Object.entries(generatedFiles())) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
