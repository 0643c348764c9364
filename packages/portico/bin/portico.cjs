#!/usr/bin/env node
// Plain old JavaScript on purpose: an older Node must be able to read this file to say that it is too old.
'use strict';
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write('portico needs Node 24 or newer; this is Node ' + process.versions.node + '. Install one from https://nodejs.org or your package manager.\n');
  process.exit(1);
}
require('../dist/cli.cjs');
