// What Portico itself writes into the root of an app, and whoever removes it there, is no change of the app.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PORTICO, startCommand } from './support/running-command.ts';
import { hostJson, temporaryApp } from './support/temporary-app.ts';
import { until } from './support/until.ts';

const HANDLER = `
require('node:fs').appendFileSync('starts.log', 'x');
require('node:http').createServer((request, response) => response.end()).listen(Number(process.env.FUNCTIONS_CUSTOMHANDLER_PORT), '127.0.0.1');
`;
const NEVER_SOON = { bindings: [{ type: 'timerTrigger', direction: 'in', name: 'timer', schedule: '0 0 0 1 1 *' }] };

test.skipIf(process.platform === 'win32').each([[[]], [['--watch']], [['--auth']]])(
  'a timer in a fresh folder, with %j: .portico comes and goes, and the app is loaded once',
  async (flags) => {
    using app = temporaryApp({ 'handler.cjs': HANDLER, 'Tick/function.json': NEVER_SOON, 'Hello/function.json': undefined });
    const [own, starts] = [join(app.root, '.portico'), join(app.root, 'starts.log')];
    const portico = startCommand(app.root, [], flags);
    await portico.ready();
    await until(() => portico.output().includes('State: .portico/state.db'));
    await until(() => existsSync(join(own, 'state.db')));
    await promisify(execFile)(process.execPath, [PORTICO, 'keys', 'create', 'host', '--app', app.root]);
    expect(existsSync(join(own, 'keys.json'))).toBe(true);
    rmSync(own, { recursive: true });
    writeFileSync(own, 'Somebody made a file of that name.');

    // What counts is noticed after all that, and is the only change.
    app.write('host.json', hostJson({ description: { defaultExecutablePath: 'node', arguments: ['handler.cjs', 'again'] } }));
    await until(() => readFileSync(starts, 'utf8') === 'xx');
    await until(() => portico.output().includes('The handler was reloaded.'));
    expect(portico.output().match(/.*reloading the handler.*/g)).toEqual([expect.stringContaining('host.json')]);
    process.kill(portico.pid, 'SIGTERM');
    expect(await portico.exited).toEqual({ code: 0, signal: null });
    expect(readFileSync(starts, 'utf8')).toBe('xx');
  },
);
