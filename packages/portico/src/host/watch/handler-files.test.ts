import { describe, expect, test } from 'vitest';
import { handlerConfig } from '../../../../../test/support/handler-config.ts';
import type { HandlerConfig } from '../../core/function-app.ts';
import { belongsToScript, findHandlerFiles } from './handler-files.ts';

const ROOT = '/nosuch-app';

const find = (more: Partial<HandlerConfig>, settings = {}) => findHandlerFiles(ROOT, handlerConfig(more), settings);

describe('the files that a handler is started from', () => {
  test.each<[string, Partial<HandlerConfig>, { programs: string[]; scripts: string[] }]>([
    ['a program', { executablePath: './bin/handler' }, { programs: ['bin/handler'], scripts: [] }],
    ['a program that is a script', { executablePath: 'run.sh' }, { programs: [], scripts: ['run.sh'] }],
    ['a program elsewhere in the app', { executablePath: 'handler', workerDirectory: 'out' }, { programs: ['out/handler'], scripts: [] }],
    ['a program outside of the app', { executablePath: '/usr/bin/handler' }, { programs: [], scripts: [] }],
    [
      'a script',
      { executablePath: '/usr/bin/node', arguments: ['--enable-source-maps', 'dist/server.js'] },
      { programs: [], scripts: ['dist/server.js'] },
    ],
    [
      'a script from another folder',
      { executablePath: '/usr/bin/node', arguments: ['server.js'], workingDirectory: 'dist' },
      { programs: [], scripts: ['dist/server.js'] },
    ],
    [
      'an assembly',
      { executablePath: '/usr/bin/dotnet', arguments: ['bin/Release/app.dll'] },
      { programs: ['bin/Release/app.dll'], scripts: [] },
    ],
    ['a worker path', { executablePath: '/usr/bin/python3', workerPath: 'app/main.py' }, { programs: [], scripts: ['app/main.py'] }],
    ['names that are settings', { executablePath: '%PLACE%/handler' }, { programs: ['out/handler'], scripts: [] }],
    [
      'arguments that it may write to',
      { executablePath: '/usr/bin/x', arguments: ['--db', 'data/app.sqlite', './log'] },
      { programs: [], scripts: [] },
    ],
    ['a script above the app', { executablePath: '/usr/bin/node', arguments: ['../server.js'] }, { programs: [], scripts: [] }],
  ])('are found for %s', (_, more, expected) => {
    expect(find(more, { PLACE: 'out' })).toMatchObject(expected);
  });

  test('are none without a handler', () => {
    expect(findHandlerFiles(ROOT, undefined, {})).toEqual({ programs: [], scripts: [], places: [], folders: [] });
  });

  test('lie in folders, where other things may be mended', () => {
    const { folders } = find({ executablePath: './bin/handler', arguments: ['config/app.yml', 'lib/main.js', 'plain'] });
    expect(folders).toEqual(['bin', 'lib', 'config', 'lib']);
  });

  test('need the folders that it is started in', () => {
    expect(find({ workingDirectory: 'work', workerDirectory: 'out' }).places).toEqual(['work', 'out']);
    expect(find({}).places).toEqual([]);
  });

  test.each([
    ['dist/server.js', 'dist/lib/db.js', true],
    ['dist/server.js', 'dist/lib/db.js.map', false],
    ['dist/server.js', 'src/db.js', false],
    ['server.js', 'lib/db.js', true],
    ['app/main.py', 'app/main.py', true],
    ['app/main.py', 'application/main.py', false],
  ])('%s brings %s along: %s', (script, path, expected) => {
    expect(belongsToScript(script, path)).toBe(expected);
  });
});
