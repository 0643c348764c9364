// Texts that are nearly right: a good one with a few changes.
import fc from 'fast-check';

/** What JSON is held together by: scraps for whatever reads it. */
export const JSON_SIGNS: readonly string[] = ['{', '}', '[', ']', ',', ':', '"'];

/** A change at a place between the beginning (0) and the end (1) of a text. */
type Change = { readonly at: number; readonly drop: number; readonly insert: string };

const PLACE = fc.double({ min: 0, max: 1, noNaN: true });

/** One of `texts` with at most `most` changes, each of which puts in one of `scraps`, or any few characters of `unit`. */
export function changed(
  texts: fc.Arbitrary<string>,
  scraps: readonly string[],
  { most = 3, unit = 'binary-ascii' as 'binary-ascii' | 'binary' } = {},
): fc.Arbitrary<string> {
  const insert = fc.oneof(fc.constant(''), fc.constantFrom(...scraps), fc.string({ unit, maxLength: 6 }));
  const change: fc.Arbitrary<Change> = fc.record({ at: PLACE, drop: fc.nat({ max: 12 }), insert });
  return fc.tuple(texts, fc.array(change, { maxLength: most })).map(([text, changes]) =>
    changes.reduce((result, { at, drop, insert: added }) => {
      const from = Math.floor(at * result.length);
      return result.slice(0, from) + added + result.slice(from + drop);
    }, text),
  );
}

/** Any of `scraps`, one behind the other, with any text between them now and then. */
export function soup(scraps: readonly string[], maxLength = 12): fc.Arbitrary<string> {
  const part = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...scraps) }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) });
  return fc.array(part, { maxLength }).map((parts) => parts.join(''));
}

/** Where to cut a text into pieces; `pieces` does it. */
export const CUTS = fc.array(PLACE, { maxLength: 4 });

export function pieces(text: string, cuts: readonly number[]): readonly string[] {
  const places = cuts.map((cut) => Math.floor(cut * text.length)).sort((one, other) => one - other);
  return [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
}
