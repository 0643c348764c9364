/**
 * A double as .NET spells it, which is what Azure's host shows: shortest digits, but `1E-05` and `1E+20` where JavaScript writes out zeros.
 * Parity: an exponent appears below 1E-04 and from 1E+17 on (test/golden/json-doubles.json).
 */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (!Number.isFinite(value)) return String(value);
  const [digits = '', exponentText] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (value === 0 || (exponent >= -4 && exponent < 17)) return String(value);
  return `${digits}E${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The same as JSON: a double stays recognisable as one, so `1` is written `1.0`. Not for NaN and infinities. */
export function doubleJson(value: number): string {
  const text = doubleText(value);
  return /[.E]/.test(text) ? text : `${text}.0`;
}
