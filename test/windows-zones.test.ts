import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderWindowsZones, WINDOWS_ZONES_FILE } from '../scripts/generate-windows-zones.ts';

test('the table of Windows time zones is what CLDR says (npm run generate writes it anew)', () => {
  expect(readFileSync(WINDOWS_ZONES_FILE, 'utf8')).toBe(renderWindowsZones());
});
