// The launchers: shell scripts (and .cmd files) under Kafka's own names, with and without '.sh', in two folders.
// A launcher starts nothing but Node: every process more would cost milliseconds.

import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundTool } from './find-tools.ts';

interface Launcher {
  /** Kafka's name, without '.sh'. */
  readonly script: string;
  /** From the package's folder. */
  readonly program: string;
  readonly argv: readonly string[];
}

export function writeLaunchers(root: string, tools: readonly FoundTool[]): void {
  write(join(root, 'bin/launchers'), launchers(tools, 'exact'));
  write(join(root, 'bin/launchers-legacy'), [
    ...launchers(tools, 'legacy'),
    { script: 'zookeeper-server-start', program: 'bin/zookeeper.cjs', argv: ['start'] },
    { script: 'zookeeper-server-stop', program: 'bin/zookeeper.cjs', argv: ['stop'] },
  ]);
}

function launchers(tools: readonly FoundTool[], mode: 'exact' | 'legacy'): Launcher[] {
  const scripts = tools.map(({ tool: { table } }) => ({
    script: table.script,
    program: `dist/commands/${table.command}.cjs`,
    argv: [mode],
  }));
  return [
    ...scripts,
    { script: 'kafka-run-class', program: 'dist/commands/run-class.cjs', argv: [mode] },
    { script: 'kafka-server-start', program: 'dist/daemon.cjs', argv: ['run'] },
    { script: 'kafka-server-stop', program: 'dist/commands/server-stop.cjs', argv: [] },
  ];
}

/** Replaces each launcher in one step: a script that runs meanwhile finds the old one or the new one. */
function write(folder: string, all: readonly Launcher[]): void {
  mkdirSync(folder, { recursive: true });
  const files = new Map(
    all.flatMap((launcher) => [
      [launcher.script, shell(launcher)] as const,
      [`${launcher.script}.sh`, shell(launcher)] as const,
      [`${launcher.script}.cmd`, batch(launcher)] as const,
    ]),
  );
  for (const name of readdirSync(folder)) {
    if (!files.has(name)) rmSync(join(folder, name));
  }
  for (const [name, text] of files) {
    const temporary = join(folder, `.${name}`);
    writeFileSync(temporary, text, { mode: 0o755 });
    renameSync(temporary, join(folder, name));
  }
}

/** POSIX sh. Its own folder is found through links without a fork; readlink runs only where there is a link. */
function shell({ script, program, argv }: Launcher): string {
  return `#!/bin/sh
# Apache Kafka's ${script}.sh, run by kafta.
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=\${self%/*}/$link ;;
  esac
done
case $self in
  */*) folder=\${self%/*} ;;
  *) folder=. ;;
esac
[ -L "$folder" ] && folder=$(cd -P "$folder" && pwd)
home=$folder/../..
node=\${KAFTA_NODE:-$home/node_modules/node/bin/node}
[ -x "$node" ] || node=node
if [ -z "$NODE_COMPILE_CACHE" ]; then
  NODE_COMPILE_CACHE=$home/dist/cache
  [ -w "$NODE_COMPILE_CACHE" ] || NODE_COMPILE_CACHE=\${XDG_CACHE_HOME:-$HOME/.cache}/kafta
  export NODE_COMPILE_CACHE
fi
exec "$node" "$home/${program}" ${[...argv, '"$@"'].join(' ')}
`;
}

function batch({ program, argv }: Launcher): string {
  const path = `%~dp0..\\..\\${program.replaceAll('/', '\\')}`;
  return `@echo off\r\nnode "${path}" ${[...argv, '%*'].join(' ')}\r\n`;
}
