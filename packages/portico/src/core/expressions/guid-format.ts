/** A GUID in a format of .NET: D (the default), N, B, P or X, in any case. Undefined when it is none of them. `guid`: with dashes. */
export function formatGuid(guid: string, format: string): string | undefined {
  switch (format.toUpperCase()) {
    case '':
    case 'D':
      return guid;
    case 'N':
      return guid.replaceAll('-', '');
    case 'B':
      return `{${guid}}`;
    case 'P':
      return `(${guid})`;
    case 'X':
      return asNumbers(guid);
    default:
      return undefined;
  }
}

/** `{0x0f8fad5b,0xd9cb,0x469f,{0xa1,0x65,…}}` */
function asNumbers(guid: string): string {
  const [a, b, c, ...rest] = guid.split('-');
  const bytes = rest.join('').match(/../g) ?? [];
  return `{0x${a},0x${b},0x${c},{${bytes.map((byte) => `0x${byte}`).join(',')}}}`;
}
