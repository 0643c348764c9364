import { describe, expect, test } from 'vitest';
import { Admission } from './admission.ts';

describe('Admission', () => {
  test('runs the next in order of arrival when one ends', () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxOutstandingRequests: -1 });
    const begun: string[] = [];
    const releases = ['first', 'second', 'third'].map((name) => admission.enter(() => begun.push(name)));
    expect(begun).toEqual(['first']);
    releases[0]!();
    expect(begun).toEqual(['first', 'second']);
    releases[1]!();
    expect(begun).toEqual(['first', 'second', 'third']);
  });

  test('is full when as many run and wait as may', () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxOutstandingRequests: 2 });
    const release = admission.enter(() => {});
    expect(admission.full).toBe(false);
    admission.enter(() => {});
    expect(admission.full).toBe(true);
    release();
    expect(admission.full).toBe(false);
  });

  test('never runs what was released while it waited, and counts it no longer', () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxOutstandingRequests: 2 });
    const begun: string[] = [];
    const first = admission.enter(() => begun.push('first'));
    const gone = admission.enter(() => begun.push('gone'));
    gone();
    expect(admission.full).toBe(false);
    first();
    expect(begun).toEqual(['first']);
  });

  test('counts a release once', () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxOutstandingRequests: 1 });
    const release = admission.enter(() => {});
    release();
    release();
    admission.enter(() => {});
    expect(admission.full).toBe(true);
  });

  test('runs a long queue of requests that end at once without nesting them', () => {
    const admission = new Admission({ maxConcurrentRequests: 1, maxOutstandingRequests: -1 });
    let ended = 0;
    const first = admission.enter(() => {});
    for (let i = 0; i < 20_000; i += 1) {
      const release = admission.enter(() => {
        ended += 1;
        release();
      });
    }
    first();
    expect(ended).toBe(20_000);
  });
});
