// Azurite, as Portico and its tests start it. Arguments are Azurite's own.
'use strict';
const { join } = require('node:path');

/** Exit code: another Azurite works in that folder. */
const FOLDER_IN_USE = 75;

// Of Node's own interfaces, about which nobody here can do anything.
process.removeAllListeners('warning');
// Whoever read it is gone: no reason to leave before everything is saved.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
// The other end of this pipe closes with the process that started this one, which so ends in good order even where nobody is left to ask for it.
if (process.env.PORTICO_AZURITE_ENDS_WITH_STDIN === '1') {
  process.stdin.on('end', () => {
    if (!process.emit('SIGTERM')) process.exit();
  });
  process.stdin.resume().unref();
}

const location = process.argv[process.argv.indexOf('--location') + 1];
if (process.argv.includes('--location') && !lock(location)) {
  process.stderr.write(`Another Azurite works in ${location}.\n`);
  process.exit(FOLDER_IN_USE);
}
require('azurite/dist/src/azurite.js');

/** Azurite writes its files anew before it looks whether its ports are free. The system takes a lock of SQLite's back when the process ends, however it does. */
function lock(folder) {
  require('node:fs').mkdirSync(folder, { recursive: true });
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(join(folder, 'portico-lock.db'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    const BUSY = 5;
    if (error.errcode === BUSY) return false;
    process.stderr.write(
      `The folder ${folder} cannot be locked: ${error.message}. Should ${join(folder, 'portico-lock.db')} be damaged, remove it.\n`,
    );
    process.exit(1);
  }
  // Held by somebody, so that it is not collected.
  globalThis.porticoLock = database;
  return true;
}
