// NCRONTAB as NCrontab reads it, the library of Azure's host (test/golden/ncrontab.json): five or six fields between blanks.
// When such a schedule comes is asked of next-occurrence.ts.
import { CRON_FIELDS, type CronField, printField, readField, type SwappedRange } from './cron-field.ts';

/** The values of each field, ascending, each once, never none. */
export type Ncrontab = Readonly<Record<CronField, readonly number[]>> & {
  /** As the library prints it, and Azure's logs with it. */
  readonly text: string;
  /** Ranges that were written backwards and count forwards. */
  readonly swapped: readonly SwappedRange[];
};

export type CronFault = {
  /** What is wrong and where in the expression, as the end of a sentence. */
  readonly reason: string;
  /** What is allowed there. */
  readonly hint: string;
  /** The library's own words, which Azure shows to nobody. */
  readonly original: string;
};

const FIELDS = Object.keys(CRON_FIELDS) as CronField[];

/** Without the first of six fields the second is 0. */
export function parseNcrontab(expression: string): { readonly cron: Ncrontab } | { readonly fault: CronFault } {
  // Parity: only a blank separates. A tab or a line break belongs to the field it stands in.
  const written = [...expression.matchAll(/[^ ]+/g)].map(({ 0: text, index }) => ({ text, column: index + 1 }));
  if (written.length !== 5 && written.length !== 6) return { fault: wrongCount(expression, written.length) };

  const values: Record<CronField, readonly number[]> = { second: [0], minute: [], hour: [], day: [], month: [], weekday: [] };
  const swapped: SwappedRange[] = [];
  const texts: string[] = [];
  for (const [index, name] of FIELDS.slice(-written.length).entries()) {
    const { text, column } = written[index] as (typeof written)[number];
    const field = readField(name, text);
    if ('problem' in field) {
      const { problem, hint, original, at } = field;
      return { fault: { reason: `${problem} (${CRON_FIELDS[name].label}, column ${column + at})`, hint, original } };
    }
    values[name] = field.values;
    swapped.push(...field.swapped);
    texts.push(printField(name, field.values));
  }
  return { cron: { ...values, text: texts.join(' '), swapped } };
}

function wrongCount(expression: string, count: number): CronFault {
  const found = count === 1 ? 'it has one field' : `it has ${count} fields`;
  return {
    reason: /[\t-\r]/.test(expression) ? `${found}, for only blanks separate them` : found,
    hint: 'Write six fields, "second minute hour day month weekday", or five without the second.',
    original: `'${expression}' is an invalid crontab expression. It must contain 6 components of a schedule in the sequence of seconds, minutes, hours, days, months, and days of week.`,
  };
}
