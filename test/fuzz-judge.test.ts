// Whether fuzzing would notice: faults that are put in are found, made small, and told apart; and the strict reader is strict.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pursue } from '../fuzz/campaign.ts';
import { readRequests } from '../fuzz/oracle.ts';
import { insist, pureTarget } from '../fuzz/target.ts';

const SEED = 7;

/** Breaks a rule for texts with an "x", and crashes on those with a "y". */
const faulty = pureTarget('faulty', 0, fc.string({ unit: fc.constantFrom('a', 'b', 'x', 'y') }), (text) => {
  insist(!text.includes('x'), 'there is no x', () => text);
  if (text.includes('y')) throw new TypeError('crashed on y');
});

describe('pursue', () => {
  const limits = { seed: SEED, count: 300, goesOn: () => false };

  test('finds each fault once, with the smallest input that has it', async () => {
    await using trial = await faulty.open();
    const { findings } = await pursue(faulty, trial, limits);
    expect(findings.map(({ input }) => input).sort()).toEqual(['x', 'y']);
    expect(new Set(findings.map(({ seed }) => seed))).toEqual(new Set([SEED]));
  });

  test('goes on to the end with what it knows', async () => {
    await using trial = await faulty.open();
    const first = await pursue(faulty, trial, limits);
    const second = await pursue(faulty, trial, { ...limits, known: first.findings.map(({ signature }) => signature) });
    expect(second).toEqual({ findings: [], inputCount: limits.count });
  });

  test('tries the same inputs for the same seed', async () => {
    const triedWith = async (seed: number): Promise<unknown[]> => {
      const tried: unknown[] = [];
      await using trial = await pureTarget('sound', 0, fc.string(), () => {}).open();
      await pursue(faulty, trial, { ...limits, seed, onInput: (input) => tried.push(input) });
      return tried;
    };
    expect(await triedWith(SEED)).toEqual(await triedWith(SEED));
    expect(await triedWith(SEED)).not.toEqual(await triedWith(SEED + 1));
  });
});

describe('the strict reader', () => {
  const reading = (bytes: string) => {
    const { requests, whole } = readRequests(bytes);
    return { read: requests.map(({ method, body }) => `${method} ${body}`), whole };
  };
  const post = (headers: string, body: string): string => `POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n${body}`;
  const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const INCOMPLETE = post('Content-Length: 5', 'hi');

  test.each([
    ['two in a row', GET + GET, ['GET ', 'GET ']],
    ['a length, then another', post('Content-Length: 2', 'hi') + GET, ['POST hi', 'GET ']],
    [
      'chunks with an extension and a trailer',
      post('Transfer-Encoding: chunked', '1;a\r\nh\r\n1\r\ni\r\n0\r\nX: 1\r\n\r\n') + GET,
      ['POST hi', 'GET '],
    ],
    ['an empty line first', `\r\n${GET}`, ['GET ']],
  ])('reads %s', (_, bytes, read) => {
    expect(reading(bytes)).toEqual({ read, whole: true });
  });

  test.each([
    ['a length and chunks', post('Content-Length: 5\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
    ['two lengths', post('Content-Length: 2\r\nContent-Length: 2', 'hi')],
    ['a list of lengths', post('Content-Length: 2, 2', 'hi')],
    ['another coding', post('Transfer-Encoding: gzip, chunked', '0\r\n\r\n')],
    ['two codings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
    ['chunks in HTTP/1.0', post('Transfer-Encoding: chunked', '0\r\n\r\n').replace('1.1', '1.0')],
    ['two hosts', post('Host: b', '')],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a blank before the colon', post('Content-Length : 2', 'hi')],
    ['a folded line', post('X: 1\r\n 2', '')],
    ['a bare line feed', post('X: 1\nY: 2', '')],
    ['a line feed behind a chunk size', post('Transfer-Encoding: chunked', '1\nh\r\n0\r\n\r\n')],
    ['a length in a trailer', post('Transfer-Encoding: chunked', '0\r\nContent-Length: 5\r\n\r\n')],
    ['a body that is not all there', INCOMPLETE],
  ])('stops at %s', (_, bytes) => {
    expect(reading(bytes === INCOMPLETE ? bytes : bytes + GET)).toMatchObject({ read: [], whole: false });
  });
});
