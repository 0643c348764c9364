// `portico config`: what the host and the handler are told, and where each part of that comes from. Reads files and starts nothing.
import { join, resolve } from 'node:path';
import { findAppRoot } from '../config/find-app-root.ts';
import { readHostJson } from '../config/host-json.ts';
import { type JsonDocument, parseJson } from '../config/json-document.ts';
import { loadFunctionApp } from '../config/load-function-app.ts';
import { readText } from '../config/read-text.ts';
import { readSettings } from '../config/settings.ts';
import type { Problem } from '../core/problem.ts';
import { DEFAULT_PORT, localDefaults } from '../host/local-defaults.ts';
import { formatMarked } from './banner.ts';
import type { ConfigCommandLine } from './command-line.ts';
import { printable } from './console-reporter.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { type HostRow, hostRows } from './host-rows.ts';
import { maskSecrets } from './mask-secrets.ts';
import { formatOrigin, type Origin } from './origin.ts';
import { createPalette, type Palette, wantsColour } from './palette.ts';
import { createPrinter } from './printer.ts';
import type { Program } from './program.ts';
import { type SettingRow, settingRows } from './setting-rows.ts';

/** A longer value moves only the rest of its own line. */
const WIDEST_VALUE = 40;

/** What is to be shown of a value, by the name that it has. */
type Mask = (name: string, value: string) => string;

export async function config({ app: folder, flags }: ConfigCommandLine, program: Program): Promise<number> {
  const { stdout, stderr, clock, environment, workingDirectory } = program;
  const { json, origin = false } = flags;
  const root = findAppRoot(resolve(workingDirectory, folder ?? '.'));
  const mask: Mask = flags['show-secrets'] ? (_, value) => value : maskSecrets;
  const found = readConfiguration(root, environment, mask);
  const printer = createPrinter(stdout, clock);
  if (json) {
    for (const fact of asJson(found, mask)) await printer.line(JSON.stringify(fact));
  } else {
    const aside = createPrinter(stderr, clock);
    const palette = createPalette(wantsColour(stderr.isTty, environment));
    await printer.line(asText(found, mask, origin, createPalette(wantsColour(stdout.isTty, environment))));
    for (const problem of found.problems) await aside.line(formatMarked(problem, palette));
  }
  return (found.isUsable ? EXIT_CODES.ok : EXIT_CODES.failed).code;
}

type Configuration = {
  readonly root: string;
  readonly settings: readonly SettingRow[];
  readonly options: readonly HostRow[];
  readonly problems: readonly Problem[];
  /** False: the host would answer 503 to everything. */
  readonly isUsable: boolean;
};

function readConfiguration(root: string, environment: Program['environment'], mask: Mask): Configuration {
  const { config, functions, local, problems } = loadFunctionApp({ root, environment });
  const settings = readSettings(root, environment);
  const host = readHostJson(root, settings.settings, []);
  const written = documentIn(root, 'host.json');
  const hostJson = host.document && written && { effective: host.document, written };
  const defaults = localDefaults(local.port ?? DEFAULT_PORT);
  const localDocument = documentIn(root, 'local.settings.json');
  return {
    root,
    settings: settingRows({ settings, environment, defaults, functions, hostJson }),
    options: config && host.document ? hostRows({ config, host, local, localDocument }, mask) : [],
    problems,
    isUsable: config !== undefined,
  };
}

/** Undefined: there is none, or a problem says what is wrong with it. */
function documentIn(root: string, file: string): JsonDocument | undefined {
  const read = readText(join(root, file));
  return read?.text === undefined ? undefined : parseJson(read.text, file).document;
}

function asText({ root, settings, options }: Configuration, mask: Mask, withOrigin: boolean, palette: Palette): string {
  const rows = settings.map(({ name, value, origin, hides, isReference, isForHost }): Row => {
    const remarks = [isReference && 'Key Vault reference, not resolved', isForHost && 'for the host alone'].filter(Boolean);
    return { name, value: mask(name, value), origin: describe(origin, hides), remark: remarks.map((remark) => `(${remark})`).join(' ') };
  });
  const host = options.map(
    ({ option, value, origin }): Row => ({ name: option, value: String(value), origin: describe(origin, []), remark: '' }),
  );
  return [
    `settings of ${root}`,
    ...table(rows, withOrigin, palette),
    ...(host.length > 0 ? ['', 'the host', ...table(host, withOrigin, palette)] : []),
  ].join('\n');
}

function describe(origin: Origin, hides: readonly Origin[]): string {
  return [formatOrigin(origin), ...(hides.length > 0 ? [`hides ${hides.map(formatOrigin).join(', ')}`] : [])].join(', ');
}

type Row = { readonly name: string; readonly value: string; readonly origin: string; readonly remark: string };

function table(rows: readonly Row[], withOrigin: boolean, palette: Palette): string[] {
  const shown = rows.map(({ name, value, origin, remark }) => ({
    name: printable(name),
    value: printable(value),
    rest: [withOrigin && printable(origin), remark].filter(Boolean).join('  '),
  }));
  const nameWidth = widest(shown.map(({ name }) => name));
  const valueWidth = Math.min(WIDEST_VALUE, widest(shown.map(({ value }) => value)));
  return shown.map(({ name, value, rest }) => {
    const begins = `  ${name.padEnd(nameWidth)}  `;
    return rest === '' ? `${begins}${value}`.trimEnd() : `${begins}${value.padEnd(valueWidth)}  ${palette.dim(rest)}`;
  });
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(({ length }) => length));
}

function asJson({ settings, options, problems }: Configuration, mask: Mask): object[] {
  const place = ({ source, line }: Origin) => ({ origin: source, ...(line !== undefined && { line }) });
  return [
    ...settings.map(({ name, value, origin, hides, isReference, isForHost }) => {
      const visible = mask(name, value);
      return {
        setting: name,
        value: visible,
        ...place(origin),
        ...(hides.length > 0 && { hides: hides.map(place) }),
        ...(visible !== value && { masked: true }),
        ...(isReference && { unresolved: true }),
        ...(isForHost && { hostOnly: true }),
      };
    }),
    ...options.map(({ option, value, origin }) => ({ option, value, ...place(origin) })),
    ...problems.map(({ code, azureMessage: _, ...problem }) => ({ problem: code, ...problem })),
  ];
}
