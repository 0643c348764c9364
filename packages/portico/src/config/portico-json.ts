// portico.json, beside host.json and optional: what Azure's files have no word for.
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { PorticoConfig } from '../core/function-app.ts';
import { choice, text } from '../core/option-values.ts';
import { list, section } from '../core/options.ts';
import type { Problem } from '../core/problem.ts';
import { keyRepeated } from '../core/problems/any-file.ts';
import { porticoJsonInvalid } from '../core/problems/settings.ts';
import { createFindings, nameOf } from './findings.ts';
import { parseJson } from './json-document.ts';
import { readText } from './read-text.ts';

const FILE = 'portico.json';

const PORTICO_OPTIONS = {
  trustedProxies: list(
    text({ doc: 'An address or a block.', expected: 'an IP address or a block such as "10.0.0.0/8"', accepts: isAddressBlock }),
    { default: [], doc: 'Proxies in front of Portico whose X-Forwarded-* headers are believed: addresses and CIDR blocks.' },
  ),
  xffStyle: choice(['plain', 'azure'], {
    default: 'plain',
    doc: 'What X-Forwarded-For tells the handler of the caller: "plain" the address, "azure" address:port, as behind Azure\'s front end.',
  }),
};

export const PORTICO_JSON = section(PORTICO_OPTIONS, { doc: 'Settings of Portico itself. Azure does not read this file.' });

/** A faulty one leaves the defaults, which trust nobody. */
export function readPorticoJson(root: string): { readonly portico: PorticoConfig; readonly problems: readonly Problem[] } {
  const portico = PORTICO_JSON.read(undefined, [], () => undefined);
  const unusable = (problem: Problem) => ({ portico, problems: [{ file: FILE, ...problem }] });
  const read = readText(join(root, FILE));
  if (!read) return { portico, problems: [] };
  if (read.text === undefined) return unusable(porticoJsonInvalid(read.reason));
  const parsed = parseJson(read.text, FILE);
  if (!parsed.document) return unusable({ ...porticoJsonInvalid(parsed.fault.reason), ...parsed.fault.place });
  const { document } = parsed;

  const findings = createFindings({ document, table: PORTICO_OPTIONS });
  for (const repeated of parsed.repeated) findings.add(keyRepeated(nameOf(repeated)), repeated, 'name');
  return { portico: PORTICO_JSON.read(document.value, [], findings.report), problems: findings.problems };
}

function isAddressBlock(written: string): boolean {
  const [address = '', bits, ...more] = written.split('/');
  const family = isIP(address);
  const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  return family > 0 && isPrefix && more.length === 0;
}
