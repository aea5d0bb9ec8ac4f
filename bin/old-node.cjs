// For a Node that is too old for kafta: runs the program again with a better one, KAFTA_NODE or the development
// dependency `node`, or says what is needed. Written for any Node. Returns false when this one will do.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const NEEDED = [22, 15];

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function betterNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = [process.env.KAFTA_NODE, join(__dirname, '../node_modules/node/bin', name)];
  return candidates.find((path) => path && existsSync(path));
}

module.exports = function rerunWhenTooOld(program) {
  if (isNewEnough(process.versions.node)) return false;
  const node = process.env.KAFTA_RERUN ? undefined : betterNode();
  if (node === undefined) {
    process.stderr.write(
      `kafta needs Node ${NEEDED.join('.')} or newer, and this is ${process.versions.node} (${process.execPath}); ` +
        'install a newer one, or name one in KAFTA_NODE.\n',
    );
    process.exit(1);
  }
  const env = Object.assign({}, process.env, { KAFTA_RERUN: '1' });
  const child = require('node:child_process').spawn(node, [program, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`${node} can't be run: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code);
  });
  return true;
};
