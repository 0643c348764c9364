import { expect, test } from 'vitest';
import { writeFault } from './write-fault.ts';

test.each([
  ['ENOSPC', 'STATE_DISK_FULL', 'Make room'],
  ['EDQUOT', 'STATE_DISK_FULL', 'Make room'],
  ['EEXIST', 'STATE_UNWRITABLE', 'Something else has that name'],
  ['ENOTDIR', 'STATE_UNWRITABLE', 'Something else has that name'],
  ['EISDIR', 'STATE_UNWRITABLE', 'Something else has that name'],
  ['ENOENT', 'STATE_UNWRITABLE', 'is no longer there'],
  ['EACCES', 'STATE_UNWRITABLE', 'XDG_STATE_HOME'],
  ['EROFS', 'STATE_UNWRITABLE', 'XDG_STATE_HOME'],
])('%s is %s, whose hint says "%s"', (system, code, hint) => {
  const cause = Object.assign(new Error('why'), { code: system });
  expect(writeFault('/app/.portico', cause)).toMatchObject({ code, hint: expect.stringContaining(hint), cause });
});

test('a full disk lets timers and triggers stand still, so nothing runs twice', () => {
  const { hint } = writeFault('/app/.portico', Object.assign(new Error('why'), { code: 'ENOSPC' }));
  expect(hint).toContain('stand still');
  expect(hint).not.toContain('again');
});
