// What the storage library makes of the text of a message, set right: it leaves `&#xD;` as it stands in XML, which is how the service writes a carriage return.

type WithText = { readonly messageText: string };

/** `xml`: the answer that they were read from. */
export function withExactTexts<Item extends WithText>(items: readonly Item[], xml: string | undefined): readonly Item[] {
  if (xml === undefined || !items.some(({ messageText }) => messageText.includes('&#'))) return items;
  const texts = [...xml.matchAll(/<MessageText>([^<]*)<\/MessageText>|<MessageText\s*\/>/g)].map(([, written = '']) =>
    readXmlText(written),
  );
  // It is another form of answer than was known when this was written: the library is right then.
  if (texts.length !== items.length) return items;
  return items.map((item, index) => ({ ...item, messageText: texts[index] ?? item.messageText }));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

function readXmlText(written: string): string {
  return written
    .replace(/\r\n?/g, '\n')
    .replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|apos|quot));/g, (whole, hex, decimal, name) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    });
}
