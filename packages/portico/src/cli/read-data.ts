// What a command is given to pass on: a text, a file, or standard input.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { dataNotText, dataUnreadable } from '../core/errors/other-commands.ts';
import type { Program } from './program.ts';

export type Data = { readonly bytes: Uint8Array /** For messages. */; readonly source: string };

/** The file that TEXT|@FILE|- names. */
export function dataFile(given: string | undefined, { workingDirectory }: Pick<Program, 'workingDirectory'>): string | undefined {
  return given?.startsWith('@') ? resolve(workingDirectory, given.slice(1)) : undefined;
}

/** Reads what TEXT|@FILE|- stands for. Standard input can be read once. Errors: DATA_UNREADABLE. */
export async function readData(given: string, program: Pick<Program, 'workingDirectory' | 'stdin'>): Promise<Data> {
  if (given === '-') return { bytes: await program.stdin.readAll(), source: 'standard input' };
  const file = dataFile(given, program);
  if (file === undefined) return { bytes: Buffer.from(given), source: 'the command line' };
  try {
    return { bytes: readFileSync(file), source: file };
  } catch (thrown) {
    throw dataUnreadable(file, thrown);
  }
}

/** Errors: DATA_NOT_TEXT. */
export function textOf({ bytes, source }: Data): string {
  const text = asText(bytes);
  if (text === undefined) throw dataNotText(source);
  return text;
}

/** Undefined: it is no UTF-8. */
export function asText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The only thing it throws is that.
    return undefined;
  }
}
