/**
 * How one string becomes arguments: blanks separate, double quotes hold together, a backslash is special before a double quote only.
 * Parity: .NET's rules, which are those of Windows, on every system. https://learn.microsoft.com/dotnet/api/system.diagnostics.processstartinfo.arguments
 */
export function splitArguments(line: string): string[] {
  const found: string[] = [];
  let argument: string | undefined;
  let quoted = false;
  const token = /(\\*)"|[ \t]|\\+|[^\\" \t]+/y;
  for (let match = token.exec(line); match !== null; match = token.exec(line)) {
    const [text, slashes] = match;
    if (!quoted && (text === ' ' || text === '\t')) {
      if (argument !== undefined) found.push(argument);
      argument = undefined;
    } else if (slashes === undefined) {
      argument = (argument ?? '') + text;
    } else {
      // Before a quote two backslashes stand for one, and a single one makes the quote an ordinary character.
      argument = (argument ?? '') + '\\'.repeat(slashes.length / 2);
      const doubled = quoted && line[token.lastIndex] === '"';
      if (slashes.length % 2 === 1) argument += '"';
      else if (doubled) argument += line[token.lastIndex++];
      else quoted = !quoted;
    }
  }
  if (argument !== undefined) found.push(argument);
  return found;
}
