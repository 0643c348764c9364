import { describe, expect, test } from 'vitest';
import { conformancePage, nginxVersion, runNginx, writtenPage } from '../../scripts/generate-http-conformance.ts';
import { needs } from '../support/requirements.ts';

describe('docs/http-conformance.md', () => {
  test('has every case (npm run generate writes it anew)', () => {
    const { text, nginx } = writtenPage();
    expect(text).toBe(conformancePage(nginx));
  });

  test.skipIf(needs('nginx'))('says what this nginx does beside us, if it is of the version that the page names', async () => {
    const { text, nginx } = writtenPage();
    const column = await runNginx();
    expect(column.cells.size).toBe(nginx.cells.size);
    if (nginxVersion() === nginx.version) expect(conformancePage(column)).toBe(text);
  });
});
