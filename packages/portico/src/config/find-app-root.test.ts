import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appFolder } from '../../../../test/support/app-folder.ts';
import { HostError } from '../core/error.ts';
import { findAppRoot } from './find-app-root.ts';

function refusal(folder: string): HostError {
  try {
    findAppRoot(folder);
  } catch (error) {
    if (error instanceof HostError) return error;
  }
  throw new Error('it was found');
}

test('is the nearest folder upwards with a host.json', () => {
  const root = appFolder({ 'host.json': '{}', 'Hello/function.json': '{}', 'inner/host.json': '{}', 'inner/deep/er/x': '' });
  expect(findAppRoot(root)).toBe(root);
  expect(findAppRoot(join(root, 'Hello'))).toBe(root);
  expect(findAppRoot(join(root, 'inner/deep/er'))).toBe(join(root, 'inner'));
});

test('says where it looked and what lies below when there is none', () => {
  const folder = appFolder({
    'api/host.json': '{}',
    'apps/web/host.json': '{}',
    'node_modules/x/host.json': '{}',
    '.git/host.json': '{}',
    'a/b/c/host.json': '{}',
  });
  const { code, message, hint } = refusal(folder);
  expect({ code, message, hint }).toEqual({
    code: 'APP_ROOT_NOT_FOUND',
    message: `Unable to find project root. Expecting to find one of host.json in project root: there is none in ${folder} or in a folder above it.`,
    hint: `There is one in api, ${join('apps', 'web')}: portico start api, or --app api with other commands.`,
  });
});

test('says when the folder itself does not exist', () => {
  const folder = join(appFolder({}), 'nowhere');
  expect(refusal(folder).message).toBe(`Unable to find project root: there is no folder ${folder}.`);
});
