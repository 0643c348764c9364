#!/usr/bin/env node
// Plain old JavaScript on purpose: an older Node must be able to read this file to say that it is too old.
'use strict';
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    'portico needs Node 24 or newer; this is Node ' +
      process.versions.node +
      '. Install one from https://nodejs.org or your package manager.\n',
  );
  process.exit(1);
}
// Node keeps what it compiled, so that the next start need not. Where that cannot be written, nothing is kept.
var cache = process.env.XDG_CACHE_HOME || (process.env.HOME && process.env.HOME + '/.cache');
if (cache) require('node:module').enableCompileCache(cache + '/portico');
require('../dist/cli.cjs');
