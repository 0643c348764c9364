const NON_ASCII = /[\u0080-\uffff]/;

/** Makes two texts equal that differ in case only. Never changes the length, so positions in both texts agree. */
export function foldCase(text: string): string {
  // Parity: .NET's ordinal comparison maps every UTF-16 unit on its own, so "ß" is not "SS".
  return NON_ASCII.test(text) ? text.replace(/./gs, foldUnit) : text.toLowerCase();
}

function foldUnit(unit: string): string {
  if (!NON_ASCII.test(unit)) return unit.toLowerCase();
  const upper = unit.toUpperCase();
  return upper.length === 1 ? upper : unit;
}
