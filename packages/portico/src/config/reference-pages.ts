// The JSON Schemas, and the pages of docs/reference about configuration files, out of the option tables. Only the generator and a test load this.
import { jsonSchemaOf, type Option, type OptionTable, type Section } from '../core/options.ts';
import { FUNCTION_JSON, OPTIONS_BY_TYPE } from './function-options.ts';
import { HOST_JSON } from './host-options.ts';
import { LOCAL_SETTINGS_JSON } from './local-settings.ts';
import { PORTICO_JSON } from './portico-json.ts';

type ConfigurationFile = {
  readonly name: string;
  readonly root: Section;
  readonly about: string;
  readonly more?: Readonly<Record<string, OptionTable>>;
};

const FILES: readonly ConfigurationFile[] = [
  {
    name: 'host.json',
    root: HOST_JSON,
    about: `Names ignore case; comments, a byte order mark and trailing commas are fine.
An environment variable or app setting replaces a value: \`AzureFunctionsJobHost__extensions__http__routePrefix=v1\`, one item of a list: \`AzureFunctionsJobHost__functions__0=Hello\`.
A time span is \`[days.]hours:minutes:seconds\`; a number alone is days, and so is the first of three numbers above 23.
A value that cannot be read costs that value: its default is used, and a warning says where it is written and what Azure would do.`,
  },
  {
    name: 'function.json',
    root: FUNCTION_JSON,
    about: 'Every folder of the app with a function.json is a function of that name.\nA fault in it takes that function down and no other.',
    more: Object.fromEntries(
      OPTIONS_BY_TYPE.filter(([, table]) => Object.keys(table).length > 0).map(([type, table]) => [`Of type ${type}`, table]),
    ),
  },
  {
    name: 'local.settings.json',
    root: LOCAL_SETTINGS_JSON,
    about: `App settings come from four places, and the first that has a name counts: the environment of Portico, local.settings.json, .env.local, .env.
The handler gets them all as environment variables. [settings.md](../settings.md) has the rest, and how to see what counts.`,
  },
  { name: 'portico.json', root: PORTICO_JSON, about: 'It stands beside host.json and is optional.' },
];

/** Path from the root of the repository → content. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    FILES.flatMap((file) => [
      [`packages/portico/schemas/${file.name.replace(/\.json$/, '.schema.json')}`, schemaFile(file)],
      [`docs/reference/${file.name.replaceAll('.', '-')}.md`, referencePage(file)],
    ]),
  );
}

function schemaFile({ name, root }: ConfigurationFile): string {
  const { properties, ...schema } = jsonSchemaOf(root);
  const all = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: name,
    ...schema,
    properties: { $schema: { type: 'string' }, ...(properties as object) },
  };
  return `${JSON.stringify(all, null, 2)}\n`;
}

function referencePage({ name, root, about, more = {} }: ConfigurationFile): string {
  const tables = Object.entries(more).map(([title, table]) => `\n## ${title}\n\n${markdownTable(table)}\n`);
  return `<!-- Generated from packages/portico/src/config; change it there and run \`npm run generate\`. -->

# ${name}

${withLink(root)}
${about}

${markdownTable(root.table)}
${tables.join('')}`;
}

function markdownTable(table: OptionTable): string {
  return ['| name | value | default | meaning |', '| --- | --- | --- | --- |', ...rowsOf(table, '', new Set())].join('\n');
}

/** A table that stands further up is not written again: customHandler and httpWorker are alike. */
function rowsOf(table: OptionTable, prefix: string, written: Set<OptionTable>): string[] {
  return Object.entries(table).flatMap(([member, option]) => {
    const { item, expected, default: fallback } = option;
    const name = `${prefix}${member}`;
    const value = item && !item.table ? `${expected}; each: ${item.expected}` : expected;
    const cells = [`\`${name}\``, value, fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``, withLink(option)];
    const below = option.table ?? item?.table ?? {};
    const isNew = !written.has(below);
    written.add(below);
    return [
      `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
      ...(isNew ? rowsOf(below, `${name}${item ? '[]' : ''}.`, written) : []),
    ];
  });
}

function withLink({ doc, source }: Option): string {
  return source ? `${doc} [Azure's page](${source})` : doc;
}
