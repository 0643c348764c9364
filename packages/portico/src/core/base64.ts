/** The bytes that base64 text stands for, blanks and line breaks aside; undefined when it is none. Parity: `test` is, and so is the empty text. */
export function decodeBase64(text: string): Buffer | undefined {
  const characters = text.replace(/[ \t\r\n]/g, '');
  if (characters.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(characters)) return undefined;
  return Buffer.from(characters, 'base64');
}
