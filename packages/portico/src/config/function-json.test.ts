import { describe, expect, test } from 'vitest';
import { appFolder, hostJson, httpFunction } from '../../../../test/support/app-folder.ts';
import { loadFunctionApp } from './load-function-app.ts';

type Files = Record<string, unknown>;

/** An app with these functions: name → function.json. */
function load(
  functions: Files,
  { host = hostJson(), environment = {}, more = {} }: { host?: object; environment?: Record<string, string>; more?: Files } = {},
) {
  const files = Object.entries(functions).map(([name, content]) => [`${name}/function.json`, content]);
  return loadFunctionApp({ root: appFolder({ 'host.json': host, ...Object.fromEntries(files), ...more }), environment });
}

const out = (type: string, name: string, more: object = {}) => ({ type, direction: 'out', name, ...more });
const trigger = (more: object = {}) => ({ type: 'httpTrigger', direction: 'in', name: 'req', ...more });

describe('a function', () => {
  test('is read', () => {
    const definition = httpFunction({ route: 'items/{id?}', methods: ['get', 'POST'], dataType: 'Binary', extra: 1 });
    const { functions, problems } = load({ Hello: definition });
    expect(problems).toEqual([]);
    expect(functions).toMatchObject([
      {
        name: 'Hello',
        directory: expect.stringMatching(/Hello$/),
        definition,
        bindings: [
          { name: 'req', type: 'httpTrigger', direction: 'in', dataType: 'binary', cardinality: undefined, properties: { extra: 1 } },
          { name: 'res', type: 'http', direction: 'out' },
        ],
        trigger: { name: 'req' },
        http: { route: 'items/{id?}', methods: ['get', 'POST'], authLevel: 'anonymous', simple: true },
        retry: undefined,
        disabled: false,
        allowed: true,
        errors: [],
      },
    ]);
  });

  test("has Azure's defaults", () => {
    const { functions } = load({ Hello: { bindings: [{ type: 'HTTPTRIGGER', name: 'req' }] } });
    expect(functions).toMatchObject([
      { bindings: [{ direction: 'in' }], http: { route: 'Hello', methods: undefined, authLevel: 'function', simple: false } },
    ]);
  });

  test.each([null, '', '  '])('with the route %j has its name as its route', (route) => {
    expect(load({ Hello: httpFunction({ route }) }).functions).toMatchObject([{ http: { route: 'Hello' } }]);
  });

  test('keeps an empty list of methods apart from none', () => {
    expect(load({ A: httpFunction({ methods: [] }), B: httpFunction({ methods: null }) }).functions).toMatchObject([
      { http: { methods: [] } },
      { http: { methods: undefined } },
    ]);
  });

  test.each([
    ['a trigger and an http output', [trigger(), out('http', 'res')], true],
    ['an http output named $return', [trigger(), out('http', '$return')], true],
    ['no output', [trigger()], false],
    ['two outputs', [trigger(), out('http', 'a'), out('http', 'b')], false],
  ])('with %s is simple: %j %j', (_, bindings, simple) => {
    expect(load({ Hello: { bindings } }).functions).toMatchObject([{ http: { simple } }]);
  });

  test('may have comments in its file, names in any case and a $schema', () => {
    const text =
      '\ufeff// a comment\n{ "$schema": "x", "Bindings": [{ "Type": "httpTrigger", "NAME": "req", "AuthLevel": "Anonymous" }, { "type": "http", "direction": "OUT", "name": "res" },] }';
    expect(load({ Hello: text })).toMatchObject({
      problems: [],
      functions: [{ http: { authLevel: 'anonymous', simple: true }, errors: [] }],
    });
  });

  test('has a retry policy of its own', () => {
    const retry = { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: '00:00:10' };
    expect(load({ Hello: httpFunction({}, { retry }) }).functions).toMatchObject([
      { retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayMs: 10_000 } },
    ]);
  });

  test('is every folder with a function.json, sorted as Azure sorts', () => {
    const names = ['b', 'A_x', 'AA', 'a9'];
    const { functions } = load(Object.fromEntries(names.map((name) => [name, httpFunction()])), {
      more: { 'lib/deep/function.json': {}, 'empty/x': '' },
    });
    expect(functions.map(({ name }) => name)).toEqual(['a9', 'AA', 'A_x', 'b']);
  });
});

describe('a faulty function', () => {
  const disabledInFile = (key: string) => httpFunction({}, { [key]: true });

  /** Function.json, whether it is listed, the code and Azure's words, where they are known. */
  test.each<[about: string, name: string, content: unknown, listed: boolean, code: string, azureMessage?: string]>([
    [
      'that is no JSON',
      'Bad',
      '{ "bindings": [ ',
      false,
      'FUNCTION_JSON_INVALID',
      "Unexpected end of content while loading JObject. Path 'bindings', line 1, position 16.",
    ],
    ['that is a list', 'Bad', '[]', false, 'FUNCTION_JSON_INVALID'],
    ['without bindings', 'Bad', {}, false, 'BINDINGS_MISSING', 'At least one binding must be declared.'],
    ['with an empty list of bindings', 'Bad', { bindings: [] }, false, 'BINDINGS_MISSING', 'At least one binding must be declared.'],
    ['with bindings that are no list', 'Bad', { bindings: {} }, false, 'VALUE_NOT_ALLOWED'],
    ['with a binding that is no object', 'Bad', { bindings: ['x'] }, false, 'VALUE_NOT_ALLOWED'],
    [
      'with a bad direction',
      'Bad',
      httpFunction({ direction: 'sideways' }),
      false,
      'VALUE_NOT_ALLOWED',
      "'sideways' is not a valid binding direction.",
    ],
    ['with a blank in its name', 'has space', httpFunction(), false, 'FUNCTION_NAME_INVALID', "'has space' is not a valid function name."],
    [
      'whose name begins with a digit',
      '9digits',
      httpFunction(),
      false,
      'FUNCTION_NAME_INVALID',
      "'9digits' is not a valid function name.",
    ],
    ['named host', 'Host', httpFunction(), false, 'FUNCTION_NAME_INVALID', "'Host' is not a valid function name."],
    [
      'with a bad binding name',
      'Bad',
      httpFunction({ name: 'my_req' }),
      true,
      'BINDING_NAME_INVALID',
      'The binding name my_req is invalid. Please assign a valid name to the binding.',
    ],
    [
      'without binding names',
      'Bad',
      { bindings: [trigger({ name: undefined })] },
      true,
      'BINDING_NAME_MISSING',
      'The binding name  is invalid. Please assign a valid name to the binding.',
    ],
    [
      'with two bindings of one name',
      'Bad',
      { bindings: [trigger({ name: 'x' }), out('http', 'X')] },
      true,
      'BINDING_NAME_REPEATED',
      "Multiple bindings with name 'X' discovered. Binding names must be unique.",
    ],
    ['with an input named $return', 'Bad', { bindings: [trigger({ name: '$return' })] }, true, 'RETURN_BINDING_NOT_OUT'],
    ['without a type', 'Bad', { bindings: [{ name: 'x' }] }, true, 'BINDING_TYPE_MISSING'],
    [
      'without a trigger',
      'Bad',
      { bindings: [out('http', 'res')] },
      true,
      'TRIGGER_MISSING',
      'No trigger binding specified. A function must have a trigger input binding.',
    ],
    ['whose trigger is an output', 'Bad', { bindings: [trigger({ direction: 'out' })] }, true, 'TRIGGER_MISSING'],
    [
      'with two triggers',
      'Bad',
      { bindings: [trigger(), { type: 'manualTrigger', name: 't' }] },
      true,
      'TRIGGER_REPEATED',
      'Multiple trigger bindings defined. A function can only have a single trigger binding.',
    ],
    [
      'with http as an input',
      'Bad',
      { bindings: [trigger(), { type: 'http', name: 'res' }] },
      true,
      'HTTP_BINDING_AS_INPUT',
      'Http binding can only be used for output.',
    ],
    [
      'with an unknown type',
      'Bad',
      { bindings: [trigger(), out('nosuch', 'x')] },
      true,
      'BINDING_TYPE_UNKNOWN',
      "The binding type(s) 'nosuch' are not registered. Please ensure the type is correct and the binding extension is installed.",
    ],
    [
      'with a misspelt trigger',
      'Bad',
      { bindings: [{ type: 'httpTriger', name: 'req' }] },
      true,
      'BINDING_TYPE_UNKNOWN',
      'No trigger binding specified. A function must have a trigger input binding.',
    ],
    ['with a type that Portico does not run yet', 'Bad', { bindings: [trigger(), out('sendGrid', 'x')] }, true, 'BINDING_TYPE_NOT_RUN_YET'],
    [
      'with a bad level',
      'Bad',
      httpFunction({ authLevel: 'everyone' }),
      true,
      'VALUE_NOT_ALLOWED',
      "Error parsing function.json: Invalid value specified for binding property 'authLevel' of enum type AuthorizationLevel.",
    ],
    ['with methods that are no list', 'Bad', httpFunction({ methods: 'get' }), true, 'VALUE_NOT_ALLOWED'],
    ['with a method that is none', 'Bad', httpFunction({ methods: ['get post'] }), true, 'VALUE_NOT_ALLOWED'],
    ['with a bad dataType', 'Bad', httpFunction({ dataType: 'bytes' }), true, 'VALUE_NOT_ALLOWED'],
    ['with a bad cardinality', 'Bad', httpFunction({ cardinality: 'few' }), true, 'VALUE_NOT_ALLOWED'],
    ['with a bad configurationSource', 'Bad', httpFunction({}, { configurationSource: 'x' }), true, 'VALUE_NOT_ALLOWED'],
    [
      'with a scriptFile that is not there',
      'Bad',
      httpFunction({}, { scriptFile: 'run.js' }),
      true,
      'SCRIPT_FILE_MISSING',
      "Invalid script file name configuration. The 'scriptFile' property is set to a file that does not exist.",
    ],
    [
      'with an incomplete retry policy',
      'Bad',
      httpFunction({}, { retry: { strategy: 'fixedDelay', maxRetryCount: 2 } }),
      true,
      'RETRY_INCOMPLETE',
      "Value cannot be null. (Parameter 'DelayInterval').",
    ],
    [
      'with a negative retry count',
      'Bad',
      httpFunction({}, { retry: { strategy: 'fixedDelay', maxRetryCount: -2, delayInterval: '00:00:01' } }),
      true,
      'VALUE_NOT_ALLOWED',
      "Specified argument was out of the range of valid values. (Parameter 'maxRetryCount').",
    ],
    [
      'with a reserved route',
      'Bad',
      httpFunction({ route: '/Administrators/list' }),
      true,
      'ROUTE_RESERVED',
      'The specified route conflicts with one or more built in routes.',
    ],
    [
      'with a reserved name and no route',
      'RuntimeReport',
      httpFunction(),
      true,
      'ROUTE_RESERVED',
      'The specified route conflicts with one or more built in routes.',
    ],
  ])('%s has one error and stops no other', (_, name, content, listed, code, azureMessage) => {
    const { config, functions, problems } = load({ [name]: content, Zoo: httpFunction() });
    expect(config).toBeDefined();
    expect(problems).toMatchObject([{ severity: 'error', code, functionName: name }]);
    if (azureMessage) expect(problems[0]?.azureMessage).toBe(azureMessage);
    expect(functions.map((known) => known.name)).toEqual(listed ? [name, 'Zoo'] : ['Zoo']);
    expect(functions.at(-1)?.errors).toEqual([]);
    if (listed) expect(functions[0]?.errors).toEqual(problems);
  });

  test('is named with the place of the fault', () => {
    const { problems } = load({ Bad: httpFunction({ authLevel: 'everyone' }) });
    expect(problems).toMatchObject([{ file: 'Bad/function.json', line: 7, column: 20 }]);
  });

  test('keeps its route, whose URL says what is wrong', () => {
    const { functions } = load({
      A: httpFunction({ authLevel: 'x', route: 'a' }),
      B: { bindings: [trigger({ route: 'b' }), { type: 'timerTrigger', name: 't' }] },
      C: { bindings: [out('http', 'res')] },
    });
    expect(functions).toMatchObject([
      { http: { route: 'a' } },
      { http: { route: 'b' }, trigger: undefined },
      { http: undefined, trigger: undefined },
    ]);
  });

  test('with several faults names them all', () => {
    const { problems } = load({ Bad: { bindings: [trigger({ name: 'a_b', authLevel: 'x' })], configurationSource: 'y' } });
    expect(problems.map(({ code }) => code)).toEqual(['VALUE_NOT_ALLOWED', 'VALUE_NOT_ALLOWED', 'BINDING_NAME_INVALID']);
  });

  test.each([
    ['httpTriger', 'httpTrigger'],
    ['servicebus', undefined],
    ['queueTriggr', 'queueTrigger'],
  ])('with the type %s suggests %s', (type, nearest) => {
    const [problem] = load({ Bad: { bindings: [trigger(), out(type, 'x')] } }).problems;
    expect(problem?.hint?.includes('Did you mean')).toBe(nearest !== undefined);
    if (nearest) expect(problem?.hint).toBe(`Did you mean "${nearest}"?`);
  });

  test('with an unknown type is told of the bundle when there is one', () => {
    const host = hostJson({ extensionBundle: { id: 'x', version: '[4.*, 5.0.0)' } });
    const [problem] = load({ Bad: { bindings: [trigger(), out('nosuch', 'x')] } }, { host }).problems;
    expect(problem?.azureMessage).toContain('were not found in the configured extension bundle');
  });

  test.each(['disabled', 'excluded'])('is no function that is %s in its file, which does nothing', (key) => {
    const { functions, problems } = load({ Hello: disabledInFile(key) });
    expect(functions).toMatchObject([{ disabled: false, errors: [] }]);
    expect(problems).toMatchObject([
      { code: 'SWITCHED_OFF_IN_VAIN', severity: 'warning', hint: expect.stringContaining('AzureWebJobs.Hello.Disabled') },
    ]);
  });

  test.each([
    [httpFunction({ method: ['get'] }), 'Did you mean bindings[0].methods?'],
    [httpFunction({}, { binding: [] }), 'Did you mean bindings?'],
    [httpFunction({ methods: ['gte'] }), 'Did you mean "GET"? Requests with any other method do not reach the function.'],
  ])('is no function with a misspelt name, which is warned of (%#)', (content, hint) => {
    expect(load({ Hello: content })).toMatchObject({
      functions: [{ errors: [] }],
      problems: [{ severity: 'warning', functionName: 'Hello', hint }],
    });
  });
});

describe('routes', () => {
  test.each([
    ['the same text in another case', { route: 'twice' }, { route: '/TWICE/' }],
    ['all methods and one', { route: 'x' }, { route: 'x', methods: ['get'] }],
    ['a method in common', { route: 'x', methods: ['get', 'post'] }, { route: 'x', methods: ['put', 'post'] }],
    ['an empty list of methods', { route: 'x', methods: [] }, { route: 'x', methods: ['put'] }],
  ])('with %s put the later function in error', (_, first, second) => {
    const { functions } = load({ B: httpFunction(second), A: httpFunction(first) });
    expect(functions).toMatchObject([
      { errors: [] },
      { errors: [{ code: 'ROUTE_TAKEN', azureMessage: "The route specified conflicts with the route defined by function 'A'." }] },
    ]);
  });

  test.each([
    ['disjoint methods', { route: 'x', methods: ['get'] }, { route: 'x', methods: ['post'] }],
    ['methods in another case', { route: 'x', methods: ['get'] }, { route: 'x', methods: ['GET'] }],
    ['other parameter names', { route: 'x/{a}' }, { route: 'x/{b}' }],
  ])('with %s live side by side', (_, first, second) => {
    expect(load({ A: httpFunction(first), B: httpFunction(second) }).problems).toEqual([]);
  });

  test('of a function in error are free', () => {
    const { functions } = load({ A: httpFunction({ route: 'x', authLevel: 'y' }), B: httpFunction({ route: 'x' }) });
    expect(functions.map(({ errors }) => errors.length)).toEqual([1, 0]);
  });
});

describe('disabled', () => {
  test.each([
    ['AzureWebJobs.Hello.Disabled', 'true', true],
    ['AzureWebJobs_Hello_Disabled', '1', true],
    ['AZUREWEBJOBS.HELLO.DISABLED', 'TRUE', true],
    ['AzureWebJobs.Hello.Disabled', 'yes', false],
    ['AzureWebJobs.Other.Disabled', 'true', false],
  ])('by %s=%s is %j', (name, value, disabled) => {
    expect(load({ Hello: httpFunction() }, { environment: { [name]: value } }).functions).toMatchObject([{ disabled }]);
  });
});

describe('the setting that disables a function', () => {
  const problemsOf = (environment: Record<string, string>) =>
    load({ Hello: httpFunction(), World: httpFunction() }, { environment }).problems.map(({ code, severity, message, hint }) => [
      `${severity} ${code}`,
      message,
      hint,
    ]);

  test.each(['true', 'False', '1', '0', ''])('may be %j', (value) => {
    expect(problemsOf({ 'AzureWebJobs.hello.Disabled': value })).toEqual([]);
  });

  test('with another value gets a warning', () => {
    expect(problemsOf({ AzureWebJobs_Hello_Disabled: 'yes' })).toEqual([
      [
        'warning SWITCH_UNREADABLE',
        'The setting AzureWebJobs_Hello_Disabled is "yes", so the function is not disabled.',
        'Write "true" or "1" to disable it, "false" or "0" to leave it on.',
      ],
    ]);
  });

  test.each([
    ['Helo', 'Did you mean "Hello"?'],
    ['Quite.Other', 'Remove it if the function is gone.'],
  ])('that names no function, %s, gets a warning', (name, hint) => {
    expect(problemsOf({ [`AzureWebJobs.${name}.Disabled`]: 'true' })).toEqual([
      [
        'warning SWITCH_WITHOUT_FUNCTION',
        `The setting AzureWebJobs.${name}.Disabled disables nothing: there is no function "${name}".`,
        hint,
      ],
    ]);
  });
});

test.each([
  ['input', 'in'],
  ['output', 'out'],
  ['inouts', 'inout'],
  ['otu', 'out'],
])('the direction "%s" was meant to be "%s"', (direction, meant) => {
  expect(load({ Bad: httpFunction({ direction }) }).problems).toMatchObject([{ hint: `Did you mean "${meant}"?` }]);
});

test('what is off the allow-list leaves its route to others', () => {
  const { functions } = load(
    { A: httpFunction({ route: 'x' }), B: httpFunction({ route: 'x' }) },
    { host: hostJson({ functions: ['B'] }) },
  );
  expect(functions).toMatchObject([{ allowed: false }, { allowed: true, errors: [] }]);
});

test('what is off the allow-list is listed, and nothing is wrong with it', () => {
  const host = hostJson({ functions: ['ONE', 'Two'] });
  const { functions, problems } = load(
    { One: httpFunction(), Two: httpFunction({ route: 'x' }), Three: httpFunction({ authLevel: 'x', route: 'x' }), Broken: '{' },
    { host },
  );
  expect(problems).toEqual([]);
  expect(functions.map(({ name, allowed, errors }) => [name, allowed, errors])).toEqual([
    ['One', true, []],
    ['Three', false, []],
    ['Two', true, []],
  ]);
});
