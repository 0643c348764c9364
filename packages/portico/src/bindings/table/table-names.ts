// What tables and rows may be called. https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model

export function isTableName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]{2,62}$/.test(text);
}

/** Why the text can be no PartitionKey or RowKey, to go after "it": `holds "/"`. Undefined: it can. The empty text can. */
export function keyFault(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the service refuses.
  const [found] = /[/\\#?\u0000-\u001f\u007f-\u009f]/.exec(text) ?? [];
  if (found === undefined) return undefined;
  if ('/\\#?'.includes(found)) return `holds "${found}"`;
  return `holds a control character (U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')})`;
}
