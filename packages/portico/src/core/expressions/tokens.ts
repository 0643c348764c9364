// Takes a template apart into texts and expressions.
import { type Expression, type ExpressionFault, parseExpression } from './expression.ts';

/** A string is a text that stands for itself; two of them never follow one another. */
export type Token = string | Expression;

const PART = /(\{\{|\}\})|\{([^{}]*)\}|([^{}]+)|[{}]/g;
const BRACES = 'A brace that is meant as such is written twice: "{{" or "}}".';

export function readTokens(template: string): readonly Token[] | ExpressionFault {
  const tokens: Token[] = [];
  let text = '';
  for (const { 0: part, 1: escaped, 2: written, 3: plain, index } of template.matchAll(PART)) {
    if (escaped !== undefined || plain !== undefined) text += plain ?? part[0];
    else {
      const expression = written === undefined ? unbalanced(part, index + 1) : written === '' ? empty(index + 1) : parseExpression(written);
      if ('reason' in expression) return { ...expression, azure: `Invalid template '${template}'. ${expression.azure}` };
      if (text !== '') tokens.push(text);
      tokens.push(expression);
      text = '';
    }
  }
  if (text !== '') tokens.push(text);
  return tokens;
}

function unbalanced(brace: string, position: number): ExpressionFault {
  const [partner, kind] = brace === '{' ? ['}', 'closing'] : ['{', 'opening'];
  return {
    reason: `the "${brace}" at character ${position} has no "${partner}"`,
    hint: BRACES,
    azure: `Missing ${kind} bracket at position ${position}.`,
  };
}

function empty(position: number): ExpressionFault {
  return {
    reason: `there is nothing between the braces at character ${position}`,
    hint: `Write a name between them. ${BRACES}`,
    azure: `The parameter name at position ${position} is empty.`,
  };
}
