import { describe, expect, test } from 'vitest';
import { currentPage, parityPage } from '../../scripts/generate-parity.ts';

describe('docs/parity.md', () => {
  test('says what intended.json says (npm run generate writes it anew)', () => {
    const { written, generated } = currentPage();
    expect(written).toBe(generated);
  });

  test('tells the cases of one reason in one line, below their heading', () => {
    const entry = (scenario: string) => ({ scenario, path: 'callerGot*', ours: 1, reason: 'Answers at once.' });
    expect(parityPage([entry('reply-http.empty'), entry('reply-status.*')], 'By hand.\n')).toContain(
      '## Requests and replies in payload mode\n\n- Answers at once. ([reply-http.empty](../test/conformance/recordings/reply-http.empty.json), `reply-status.*`)\n',
    );
  });

  test('tells of an entry below the heading of each of its cases', () => {
    const scenario = ['host-json.*', 'limits.x', 'reply-status.*'];
    expect(parityPage([{ scenario, path: 'callerGot*', ours: 1, reason: 'Says why.' }], '')).toMatch(
      /## Requests[^#]+\n- Says why\. \(`reply-status\.\*`\)\n\n## host\.json\n\n- Says why\. \(`host-json\.\*`\)\n\n## Limits\n\n- Says why\. \(`limits\.x`\)\n/,
    );
  });

  test('refuses a case that no heading is for', () => {
    expect(() => parityPage([{ scenario: 'nowhere.x', path: 'a', ours: 1, reason: 'R.' }], '')).toThrow(
      'No heading of docs/parity.md is for "nowhere.x"',
    );
  });
});
