// The commands of the metadata shell over a tree of nodes (org.apache.kafka.shell.command). They return lines; they
// change nothing but the working directory.

import { type ShellNode, sorted } from './node.ts';
import { type Found, lastComponent, visit } from './paths.ts';

export interface ShellState {
  readonly root: ShellNode;
  workingDirectory: string;
  /** Lines typed so far. */
  readonly history: string[];
  /** Width of the terminal; undefined prints one name a line. */
  readonly columns: number | undefined;
}

interface ShellCommand {
  readonly help: string;
  readonly isInteractive?: boolean;
  /** Fewer operands than this are refused. */
  readonly least?: number;
  run(state: ShellState, operands: readonly string[]): string[];
}

export const COMMANDS: Readonly<Record<string, ShellCommand>> = {
  cat: { help: 'Show the contents of metadata files.', least: 1, run: cat },
  cd: { help: 'Set the current working directory.', isInteractive: true, run: cd },
  exit: { help: 'Exit the metadata shell.', isInteractive: true, run: () => [] },
  find: { help: 'Search for nodes in the directory hierarchy.', run: find },
  help: { help: 'Display this help message.', isInteractive: true, run: help },
  history: { help: 'Print command history.', isInteractive: true, run: history },
  ls: { help: 'List metadata nodes.', run: ls },
  man: {
    help: 'Show the help text for a specific command.',
    isInteractive: true,
    least: 1,
    run: man,
  },
  pwd: {
    help: 'Print the current working directory.',
    isInteractive: true,
    run: (state) => [state.workingDirectory],
  },
  tree: { help: 'Show the contents of metadata nodes in a tree structure.', least: 1, run: tree },
};

/** Runs one line's words. */
export function runCommand(
  state: ShellState,
  [name = '', ...operands]: readonly string[],
  isInteractive: boolean,
): string[] {
  const known = Object.entries(COMMANDS).filter(([, each]) => {
    return isInteractive || each.isInteractive !== true;
  });
  const command = known.find(([each]) => each === name)?.[1];
  if (command === undefined) {
    const names = known.map(([each]) => `'${each}'`).join(', ');
    return [`invalid choice: '${name}' (choose from ${names})`];
  }
  if (operands.length < (command.least ?? 0)) return ['too few arguments'];
  return command.run(state, operands);
}

function each(
  state: ShellState,
  paths: readonly string[],
  missing: (path: string) => string,
  show: (found: Found, path: string) => readonly string[],
): string[] {
  return paths.flatMap((path) => {
    const found = visit(state.root, state.workingDirectory, path);
    return found.length === 0 ? [missing(path)] : found.flatMap((one) => show(one, path));
  });
}

function cat(state: ShellState, paths: readonly string[]): string[] {
  return each(
    state,
    paths,
    (path) => `cat: ${path}: No such file or directory.`,
    ({ node }, path) => [node.children === undefined ? node.text : `cat: ${path}: Is a directory`],
  );
}

function tree(state: ShellState, paths: readonly string[]): string[] {
  return each(
    state,
    paths,
    (path) => `tree: ${path}: No such file or directory.`,
    ({ node }) => treeLines(node, ''),
  );
}

function treeLines(node: ShellNode, indent: string): string[] {
  if (node.children === undefined) return [indent + node.text];
  return sorted(node.children).flatMap((name) => {
    const child = node.child(name);
    return [`${indent}${name}:`, ...(child === undefined ? [] : treeLines(child, `${indent}  `))];
  });
}

function find(state: ShellState, paths: readonly string[]): string[] {
  return each(
    state,
    paths.length === 0 ? ['.'] : paths,
    (path) => `find: ${path}: no such file or directory.`,
    ({ node }, path) => findLines(node, path),
  );
}

function findLines(node: ShellNode, path: string): string[] {
  const below = sorted(node.children ?? []).flatMap((name) => {
    const child = node.child(name);
    const childPath = path.endsWith('/') ? path + name : `${path}/${name}`;
    return child === undefined ? [] : findLines(child, childPath);
  });
  return [path, ...below];
}

function ls(state: ShellState, paths: readonly string[]): string[] {
  const files: string[] = [];
  const directories: { readonly name: string; readonly children: readonly string[] }[] = [];
  const problems = each(
    state,
    paths.length === 0 ? ['.'] : paths,
    (path) => `ls: ${path}: no such file or directory.`,
    (found) => {
      const { children } = found.node;
      if (children === undefined) files.push(lastComponent(found));
      else directories.push({ name: lastComponent(found), children: sorted(children) });
      return [];
    },
  );
  const lines = [...problems, ...columns(files, state.columns)];
  const hasHeaders = files.length > 0 || directories.length > 1;
  let isFirst = files.length === 0;
  for (const { name, children } of directories) {
    if (hasHeaders && children.length > 0) {
      if (!isFirst) lines.push('');
      lines.push(`${name}:`);
    }
    isFirst = false;
    lines.push(...columns(children, state.columns));
  }
  return lines;
}

/** As many columns as fit, filled one after another. */
function columns(names: readonly string[], width: number | undefined): string[] {
  const most = width === undefined ? 1 : Math.floor(width / 4);
  for (let count = most; count > 1; count--) {
    const rows = Math.ceil(names.length / count);
    const widths = Array.from({ length: count }, (_, column) => {
      const own = names.slice(column * rows, (column + 1) * rows);
      return own.length === 0 ? 0 : Math.max(...own.map((name) => name.length)) + 2;
    });
    const total = widths.reduce((sum, each) => sum + each, 0);
    if (widths.at(-1) === 0 || total > (width ?? 0)) continue;
    return Array.from({ length: rows }, (_, row) =>
      widths
        .map((each, column) => (names[column * rows + row] ?? '').padEnd(each))
        .join('')
        .trimEnd(),
    );
  }
  return [...names];
}

function cd(state: ShellState, [path = '/']: readonly string[]): string[] {
  const [found] = visit(state.root, state.workingDirectory, path);
  if (found === undefined) return [`cd: ${path}: no such directory.`];
  if (found.node.children === undefined) return [`cd: ${path}: not a directory.`];
  state.workingDirectory = `/${found.path.join('/')}`;
  return [];
}

function help(): string[] {
  const names = Object.keys(COMMANDS);
  const list = names.map((name) => `    ${name.padEnd(20)} ${COMMANDS[name]?.help}`);
  return ['Welcome to the Apache Kafka metadata shell.', '', ...list];
}

function man(_state: ShellState, [name = '']: readonly string[]): string[] {
  const command = COMMANDS[name];
  if (command === undefined) {
    return [`man: unknown command ${name}. Type help to get a list of commands.`];
  }
  return [`${name}: ${command.help}`];
}

function history({ history: lines }: ShellState, [count]: readonly string[]): string[] {
  const from = count === undefined ? 0 : Math.max(0, lines.length - Number(count));
  return lines.slice(from).map((line, i) => `${String(from + i + 1).padStart(5)}  ${line}`);
}

/** The names that the last word of a line may become, whole words with their beginning. */
export function completions(state: ShellState, words: readonly string[]): string[] {
  const last = words.at(-1) ?? '';
  if (words.length <= 1) return Object.keys(COMMANDS).filter((name) => name.startsWith(last));
  const slash = last.lastIndexOf('/');
  const start = last.slice(0, slash + 1);
  const [parent] = visit(state.root, state.workingDirectory, start === '' ? '.' : start);
  return sorted(parent?.node.children ?? [])
    .filter((name) => name.startsWith(last.slice(slash + 1)))
    .map((name) => {
      const isDirectory = parent?.node.child(name)?.children !== undefined;
      return `${start}${name}${isDirectory ? '/' : ''}`;
    });
}
