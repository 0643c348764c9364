import { describe, expect, test } from 'vitest';
import { parseRouteTemplate } from './template.ts';

describe('parseRouteTemplate', () => {
  test.each([
    ['hello?x=1', 'has a "?" outside a parameter (character 1)'],
    ['a/b?', 'has a "?" outside a parameter (character 3)'],
    ['a//b', 'has two slashes with nothing between them (character 3)'],
    ['//a', 'has two slashes with nothing between them (character 2)'],
    ['a//', 'has two slashes with nothing between them (character 3)'],
    ['~a', 'begins with "~" (character 1)'],
    ['broken/{id', 'has a "{" without its "}" (character 8)'],
    ['{a{b}}', 'has a "{" without its "}" (character 1)'],
    ['{id:regex(^a{2}$)}', 'has a "{" without its "}" (character 1)'],
    ['{a}}', 'has a "{" without its "}" (character 1)'],
    ['a}', 'has a "}" without its "{" (character 2)'],
    ['a/{}', 'has a parameter without a name (character 3)'],
    ['{*}', 'has a parameter without a name'],
    ['{?}', 'has a parameter without a name'],
    ['{a*}', 'has a parameter named "a*" (character 1)'],
    ['{a/b}', 'has a parameter named "a/b"'],
    ['{***a}', 'has a parameter named "*a"'],
    ['{{{a}}}', 'has a parameter named "a}" (character 3)'],
    ['{a?:int}', 'has a parameter named "a?"'],
    ['{*a?}', 'has a catch-all {*a?} with a "?"'],
    ['{a=1?}', 'has a parameter {a=1?} with both a default and a "?"'],
    ['{*a}/b', 'goes on after a catch-all (character 6)'],
    ['{*a}b', 'goes on after a catch-all'],
    ['a{*b}', 'has the catch-all {*b} in a segment with other text (character 2)'],
    ['{a}{b}', 'has {a}{b} with nothing between them (character 4)'],
    ['{a?}x', 'goes on after the optional {a?} in the same segment (character 5)'],
    ['x{a?}', 'has "x" before the optional {a?} (character 2)'],
    ['{a}..{b?}', 'has ".." before the optional {b?}'],
    ['{a}/{A}', 'has a second parameter named "A" (character 5)'],
    ['{a}-{a}', 'has a second parameter named "a"'],
  ])('refuses %s: it %s', (text, what) => {
    const fault = parseRouteTemplate(text);
    expect(fault).toMatchObject({
      kind: 'fault',
      message: expect.stringContaining(`The route "${text}" ${what}`),
      hint: expect.stringMatching(/\.$/),
    });
  });

  test.each([
    '',
    '/',
    'a/',
    '~/a',
    'a/~/b',
    'a*b',
    '{{x}}',
    '{a}.{b?}',
    '.{b?}',
    '{a?}/{b?}',
    '{a=}',
    '{=a}',
    '{a b}',
    '{id:regex(a?)}',
    '{*a:int=5}',
    'é/{ü}',
  ])('accepts %j', (text) => {
    expect(parseRouteTemplate(text)).toMatchObject({ kind: 'template', text });
  });

  test.each([
    [
      'api/broken/{id',
      'BadTemplate',
      "An error occurred while creating the route with name 'BadTemplate' and template 'api/broken/{id'. There is an incomplete parameter in the route template. Check that each '{' character has a matching '}' character.",
    ],
    [
      'api/bad/{id:nosuch}',
      'BadConstraint',
      "An error occurred while creating the route with name 'BadConstraint' and template 'api/bad/{id:nosuch}'. The constraint entry 'id' - 'nosuch' on the route 'api/bad/{id:nosuch}' could not be resolved by the constraint resolver of type 'DefaultInlineConstraintResolver'.",
    ],
    [
      '/v1/api//Hello',
      'Hello',
      "An error occurred while creating the route with name 'Hello' and template '/v1/api//Hello'. The route template separator character '/' cannot appear consecutively. It must be separated by either a parameter or a literal value.",
    ],
    ['{p:regex(a{3})}', 'Three', "An error occurred while creating the route with name 'Three' and template '{p:regex(a{3})}'."],
  ])('says of %s what the recorded host says', (text, functionName, azureMessage) => {
    expect(parseRouteTemplate(text, functionName)).toMatchObject({ azureMessage });
  });

  test('reads names, defaults and constraints', () => {
    const parsed = parseRouteTemplate('x/{id:int:range(1,5)=3}/{name?}/{**rest:regex(^a=b$)=q:r}');
    const parameters =
      parsed.kind === 'template' && parsed.parameters.map(({ constraints, ...rest }) => ({ ...rest, constraintCount: constraints.length }));
    expect(parameters).toEqual([
      { kind: 'parameter', name: 'id', catchAll: false, optional: false, fallback: '3', constraintCount: 2 },
      { kind: 'parameter', name: 'name', catchAll: false, optional: true, fallback: undefined, constraintCount: 0 },
      { kind: 'parameter', name: 'rest', catchAll: true, optional: false, fallback: 'q:r', constraintCount: 1 },
    ]);
  });
});
