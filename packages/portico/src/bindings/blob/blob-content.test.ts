import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeValue } from '../../worker/payload/trigger-value.ts';
import { checkSize, MOST_BYTES, quotedTwiceLength } from './blob-content.ts';

describe('the largest blob', () => {
  test('becomes a text that can be', () => {
    expect(() => checkSize('in/a', MOST_BYTES.bytes, 'bytes')).not.toThrow();
    // As base64, between quotation marks, within an envelope.
    expect(`"${'A'.repeat(Math.ceil(MOST_BYTES.bytes / 3) * 4)}"`.length + 1000).toBeLessThan(2 ** 29 - 24);
  });

  test.each(['bytes', 'text'] as const)('is the one before one that is refused, as %s', (kind) => {
    expect(() => checkSize('in/a', MOST_BYTES[kind] + 1, kind)).toThrow(
      `The blob "in/a" has ${MOST_BYTES[kind] + 1} bytes, and as ${kind} a handler can be given ${MOST_BYTES[kind]} at most.`,
    );
  });
});

test('quotedTwiceLength is how long a text is in a payload', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(fc.constantFrom(...'"\\\n\r\t\b\f\0\x1f\u0085\u2028\u2029é世a/'), fc.string({ unit: 'grapheme', maxLength: 1 })),
      }),
      (text) => {
        fc.pre(text.isWellFormed());
        expect(quotedTwiceLength(text)).toBe(encodeValue(text).length);
      },
    ),
  );
});
