// Small builders handed to scenario files. They return plain data.
import type { Content, HeaderPair, HttpRequest, Json, Rule, Scenario, Step } from './types.ts';

type Fields = Record<string, unknown>;

/** host.json for the recording handler. */
export const hostJson = (customHandler: Fields = {}, rest: Fields = {}) => ({
  version: '2.0',
  ...rest,
  customHandler: { description: { defaultExecutablePath: 'node', arguments: ['handler.mjs'] }, ...customHandler },
});

export const trigger = (more: Fields = {}) => ({ type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous', ...more });
export const out = (type: string, name: string, more: Fields = {}) => ({ type, direction: 'out', name, ...more });
export const bindings = (...list: Fields[]) => ({ bindings: list });

/** A function with an HTTP trigger "req" and an HTTP output "res". */
export const httpFunction = (more?: Fields) => bindings(trigger(more), out('http', 'res'));

/** A step that sends one request. */
export const http = (method: string, target: string, more: Partial<HttpRequest> = {}): Step => ({ http: { method, target, ...more } });
export const get = (target: string, headers?: HeaderPair[]) => http('GET', target, headers && { headers });
export const post = (target: string, contentType: string | undefined, body: string | Content, headers: HeaderPair[] = []) =>
  http('POST', target, { headers: [...(contentType ? [['Content-Type', contentType] as HeaderPair] : []), ...headers], body });
export const postJson = (target: string, json: Json, headers?: HeaderPair[]) => post(target, 'application/json', { json }, headers);

/** A rule: when the handler is asked for this function, this is its reply. */
export const on = (name: string, reply: Fields, when: Fields = {}): Rule => ({ when: { function: name, ...when }, reply });
export const anyPath = (reply: Fields, when: Fields = {}): Rule => ({ when, reply });
export const outputs = (Outputs: Fields, more: Fields = {}) => ({ json: { Outputs, ...more } });
export const res = (value: unknown, more?: Fields) => outputs({ res: value }, more);
export const withType = (contentType: string, reply: Fields & { headers?: HeaderPair[] }) => ({
  ...reply,
  headers: [['Content-Type', contentType], ...(reply.headers ?? [])],
});

type Row = [id: string, about: string, steps: Step | Step[], rules?: Rule | Rule[], more?: Partial<Scenario>];

/** Rows of [id, about, steps, rules, more] in one area and one app. */
export const table = (area: string, app: string, tags: string[], rows: Row[]): Scenario[] =>
  rows.map(([id, about, steps, rules = [], more = {}]) => ({
    id: `${area}.${id}`,
    about,
    app,
    tags: [area, ...tags],
    steps: [steps].flat(),
    rules: [rules].flat(),
    ...more,
  }));
