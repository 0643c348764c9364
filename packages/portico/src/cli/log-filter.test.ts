import { describe, expect, test } from 'vitest';
import type { LogLevel } from '../core/log.ts';
import { createLogFilter, type Levels, showsRequest, type Verbosity } from './log-filter.ts';

describe('createLogFilter', () => {
  test.each<[string, LogLevel, LogLevel | undefined]>([
    ['Host.Function.Console', 'information', 'debug'],
    ['Function.Hello.User', 'information', 'debug'],
    ['Host.Startup', 'information', 'debug'],
    ['Function.Hello', 'warning', 'information'],
    ['Host.Results', 'warning', 'information'],
    ['Worker.Process', 'warning', 'information'],
  ])('shows %s from %s on by default', (category, shown, hidden) => {
    const shows = filter({});
    expect(shows(category, shown)).toBe(true);
    if (hidden) expect(shows(category, hidden)).toBe(false);
  });

  test('host.json moves all of it with default, and parts of it by prefix', () => {
    const shows = filter({ app: { default: 'error', Function: 'debug', 'Function.Noisy': 'none' } });
    expect(shows('Host.Function.Console', 'warning')).toBe(false);
    expect(shows('Host.Startup', 'error')).toBe(true);
    expect(shows('Function.Hello.User', 'debug')).toBe(true);
    expect(shows('Function.Noisy.User', 'critical')).toBe(false);
  });

  test('--log wins over host.json, the longest prefix over both, whatever the case', () => {
    const shows = filter({ app: { Function: 'error', 'Function.Hello.User': 'trace' }, chosen: { function: 'debug', default: 'none' } });
    expect(shows('Function.Other.User', 'debug')).toBe(true);
    expect(shows('Function.Hello.User', 'trace')).toBe(true);
    expect(shows('Host.Startup', 'critical')).toBe(false);
  });

  test('--verbose shows debug, but not what host.json silences by name', () => {
    const shows = filter({ verbosity: 'verbose', app: { default: 'error', 'Host.Aggregator': 'error' } });
    expect(shows('Host.Startup', 'debug')).toBe(true);
    expect(shows('Host.Startup', 'trace')).toBe(false);
    expect(shows('Host.Aggregator', 'warning')).toBe(false);
  });

  test('--quiet shows warnings and failed requests, and what --log asks for all the same', () => {
    const shows = filter({ verbosity: 'quiet', app: { Function: 'trace' }, chosen: { 'Function.Hello': 'debug' } });
    expect(shows('Function.Other.User', 'information')).toBe(false);
    expect(shows('Function.Other.User', 'warning')).toBe(true);
    expect(shows('Function.Hello.User', 'debug')).toBe(true);
    expect(showsRequest(shows, request('succeeded'))).toBe(false);
    expect(showsRequest(shows, request('refused'))).toBe(false);
    expect(showsRequest(shows, request('failed'))).toBe(true);
  });

  test('requests are shown unless Host.Requests says otherwise', () => {
    expect(showsRequest(filter({ app: { default: 'none' } }), request('succeeded'))).toBe(true);
    expect(showsRequest(filter({ app: { Host: 'none' } }), request('aborted'))).toBe(true);
    expect(showsRequest(filter({ chosen: { 'Host.Requests': 'error' } }), request('succeeded'))).toBe(false);
    expect(showsRequest(filter({ chosen: { 'Host.Requests': 'error' } }), request('failed'))).toBe(true);
    expect(showsRequest(filter({ app: { 'Host.Requests': 'none' } }), request('failed'))).toBe(false);
  });

  test('follows host.json when it is read again', () => {
    let app: Levels = {};
    const shows = createLogFilter({ chosen: {}, ofApp: () => app, verbosity: 'normal' });
    expect(shows('Host.Results', 'information')).toBe(false);
    app = { 'Host.Results': 'information' };
    expect(shows('Host.Results', 'information')).toBe(true);
  });
});

function filter({ app = {}, chosen = {}, verbosity = 'normal' }: { app?: Levels; chosen?: Levels; verbosity?: Verbosity }) {
  return createLogFilter({ chosen, ofApp: () => app, verbosity });
}

function request(outcome: 'succeeded' | 'failed' | 'aborted' | 'refused') {
  return {
    outcome,
    startedAtMs: 0,
    durationMs: 1,
    method: 'GET',
    target: '/',
    status: 200,
    functionName: undefined,
    invocationId: undefined,
  };
}
