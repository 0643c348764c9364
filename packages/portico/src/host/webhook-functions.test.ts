import { expect, test } from 'vitest';
import { appFolder, hostJson, httpFunction } from '../../../../test/support/app-folder.ts';
import { loadFunctionApp } from '../config/load-function-app.ts';
import { webhookKeyNames } from './webhook-functions.ts';

const BLOB = { bindings: [{ type: 'BlobTrigger', name: 'blob', direction: 'in', path: 'in/{name}', source: 'EventGrid' }] };
const namesIn = (files: Record<string, object>, environment: Record<string, string> = {}) =>
  webhookKeyNames(loadFunctionApp({ root: appFolder({ 'host.json': hostJson(), ...files }), environment }).functions);

test('the key of webhooks is wanted while a function that is not disabled has one of their triggers', () => {
  expect(namesIn({ 'Stored/function.json': BLOB, 'Hello/function.json': httpFunction() })).toEqual(['blobs_extension']);
  expect(namesIn({ 'Hello/function.json': httpFunction() })).toEqual([]);
  expect(namesIn({ 'Stored/function.json': BLOB }, { 'AzureWebJobs.Stored.Disabled': '1' })).toEqual([]);
});
