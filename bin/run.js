#!/usr/bin/env node
// The entry of `kafta`. A known command goes straight to its built file, around oclif, because loading oclif takes
// longer than most commands; help, completion, and commands of more than one word go through oclif.
'use strict';

const { accessSync, constants, existsSync } = require('node:fs');
const { homedir } = require('node:os');
const { join } = require('node:path');

if (!require('./old-node.cjs')(__filename)) {
  enableCompileCache();
  const program = directProgram(process.argv.slice(2));
  if (program === undefined) {
    import('../dist/lib/oclif-main.js').then(({ main }) => main(process.argv.slice(2)));
  } else {
    process.argv.splice(2, 1, 'modern');
    require(program);
  }
}

/** Built in with the package where that can be written, else the user's own. */
function enableCompileCache() {
  if (process.env.NODE_COMPILE_CACHE) return;
  let folder = join(__dirname, '../dist/cache');
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kafta');
  }
  require('node:module').enableCompileCache(folder);
}

/** The built file of a one-word command that is to be run, not explained. */
function directProgram([command, ...argv]) {
  if (command === undefined || !/^[a-z][a-z-]*$/.test(command)) return undefined;
  for (const word of argv) {
    if (word === '--') break;
    if (word === '--help' || word === '-h') return undefined;
  }
  const program = join(__dirname, '../dist/commands', `${command}.cjs`);
  return existsSync(program) ? program : undefined;
}
