// Writes the pages of docs/reference that describe the command line, out of its tables.
import { writeFileSync } from 'node:fs';
import { referencePages } from '../packages/portico/src/cli/reference-pages.ts';

for (const [name, content] of Object.entries(referencePages())) {
  writeFileSync(new URL(`../docs/reference/${name}`, import.meta.url), content);
}
