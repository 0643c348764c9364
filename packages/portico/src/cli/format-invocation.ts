import { formatMs, OUTCOMES, printable, shortId } from './console-reporter.ts';
import type { InvokeReport } from './invoke-function.ts';
import type { Palette } from './palette.ts';
import { asText } from './read-data.ts';

/** For people: one line, and beneath it what an HTTP function answered or why another one failed. */
export function formatReport({ functionName, outcome, durationMs, invocationId, error, answer }: InvokeReport, palette: Palette): string {
  const { mark, colour } = OUTCOMES[outcome];
  const status = answer ? ` ${answer.status}` : '';
  const id = invocationId ? palette.dim(` #${shortId(invocationId)}`) : '';
  const lines = [`${palette[colour](mark)} ${functionName}${status} ${palette.dim(`${formatMs(durationMs)} ms`)}${id}`];
  if (error) lines.push(...error.message.split('\n').map((line) => `  ${palette.red(line)}`));
  if (error?.hint) lines.push(`  ${palette.dim('→')} ${error.hint}`);
  if (outcome === 'abandoned') lines.push('  The host stopped before it was done.');
  if (answer && answer.body.length > 0) {
    const text = asText(answer.body);
    lines.push(
      text === undefined
        ? `(${answer.body.length} bytes of ${printable(answer.type) || 'an unknown type'}; --json shows them)`
        : text.replace(/\r?\n$/, ''),
    );
  }
  return lines.join('\n');
}

/** For programs, on one line. */
export function reportAsJson({ answer, durationMs, ...report }: InvokeReport): string {
  const text = answer && asText(answer.body);
  const body = answer && (text === undefined ? { bodyBase64: Buffer.from(answer.body).toString('base64') } : { body: text });
  return JSON.stringify({ ...report, durationMs: Math.round(durationMs * 10) / 10, status: answer?.status, ...body });
}
