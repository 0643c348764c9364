const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 };

export type Palette = Readonly<Record<keyof typeof CODES, (text: string) => string>>;

/** Colours for a terminal, or none. https://no-color.org */
export function createPalette(enabled: boolean): Palette {
  const paint = (code: number) => (enabled ? (text: string) => `\u001b[${code}m${text}\u001b[0m` : (text: string) => text);
  return { red: paint(CODES.red), green: paint(CODES.green), yellow: paint(CODES.yellow), dim: paint(CODES.dim), bold: paint(CODES.bold) };
}

export function wantsColour(isTty: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  return isTty && !environment.NO_COLOR && environment.TERM !== 'dumb';
}
