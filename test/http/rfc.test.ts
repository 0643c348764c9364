import { beforeAll, describe, expect, test } from 'vitest';
import { ALL_RFC_CASES, RFC_CASES } from './cases/rfc-cases.ts';
import { findFaults } from './support/find-faults.ts';
import { type CaseResult, runCases } from './support/run-cases.ts';
import { startPortico } from './support/start-portico.ts';

test('there are hundreds of cases, each with a section and a title of its own', () => {
  const names = ALL_RFC_CASES.map(({ section, title }) => `${section} ${title}`);
  expect(names.length).toBeGreaterThan(300);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(names.filter((name) => !/^RFC 911[02] §\d+(\.\d+)* /.test(name))).toEqual([]);
});

describe.each(['proxy', 'forward'] as const)('the host in %s mode', (mode) => {
  let results: readonly CaseResult[];
  beforeAll(async () => {
    results = await runCases(ALL_RFC_CASES, (handlerPort) => startPortico(handlerPort, { mode }));
  });

  describe.each(RFC_CASES)('%s', (_, cases) => {
    test.each(cases)('$section: it $title', (one) => {
      const result = results[ALL_RFC_CASES.indexOf(one)]!;
      expect(findFaults(one, result), result.text).toEqual([]);
    });
  });
});
