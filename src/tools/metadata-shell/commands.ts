// The commands of the metadata shell over a tree of nodes (org.apache.kafka.shell.command). They return lines; they
// change nothing but the working directory.

import { MissingChildError, type ShellNode, sorted } from './node.ts';
import { type Found, lastComponent, visit } from './paths.ts';

export interface ShellState {
  readonly root: ShellNode;
  workingDirectory: string;
  /** Lines typed so far. */
  readonly history: string[];
  /** Width of the terminal; undefined prints one name a line. */
  readonly columns: number | undefined;
}

interface Operand {
  readonly name: string;
  readonly description: string;
  /** As argparse writes it; absent: exactly one. */
  readonly count?: '*' | '+' | '?';
  readonly isInteger?: boolean;
}

interface ShellCommand {
  readonly help: string;
  readonly isInteractive?: boolean;
  readonly operand?: Operand;
  run(state: ShellState, operands: readonly string[]): Iterable<string>;
}

export const COMMANDS: Readonly<Record<string, ShellCommand>> = {
  cat: {
    help: 'Show the contents of metadata files.',
    operand: { name: 'targets', count: '+', description: 'The metadata files to display.' },
    run: cat,
  },
  cd: {
    help: 'Set the current working directory.',
    isInteractive: true,
    operand: { name: 'target', count: '?', description: 'The directory to change to.' },
    run: cd,
  },
  exit: { help: 'Exit the metadata shell.', isInteractive: true, run: () => [] },
  find: {
    help: 'Search for nodes in the directory hierarchy.',
    operand: { name: 'paths', count: '*', description: 'The paths to start at.' },
    run: find,
  },
  help: { help: 'Display this help message.', isInteractive: true, run: help },
  history: {
    help: 'Print command history.',
    isInteractive: true,
    operand: {
      name: 'numEntriesToShow',
      count: '?',
      isInteger: true,
      description: 'The number of entries to show.',
    },
    run: history,
  },
  ls: {
    help: 'List metadata nodes.',
    operand: { name: 'targets', count: '*', description: 'The metadata node paths to list.' },
    run: ls,
  },
  man: {
    help: 'Show the help text for a specific command.',
    isInteractive: true,
    operand: { name: 'cmd', description: 'The command to get help text for.' },
    run: man,
  },
  pwd: {
    help: 'Print the current working directory.',
    isInteractive: true,
    run: (state) => [state.workingDirectory],
  },
  tree: {
    help: 'Show the contents of metadata nodes in a tree structure.',
    operand: { name: 'targets', count: '+', description: 'The metadata nodes to display.' },
    run: tree,
  },
};

/** What stands behind the name is no call: its help, or what is wrong with it. */
export function refusal(name: string, operands: readonly string[]): string[] | undefined {
  const { operand } = COMMANDS[name] as ShellCommand;
  const isMany = operand?.count === '*' || operand?.count === '+';
  const most = operand === undefined ? 0 : isMany ? Number.POSITIVE_INFINITY : 1;
  let count = 0;
  for (const word of operands) {
    if (word === '-h' || word === '--help') return optionHelp(name);
    const isOption = /^-[^0-9]/.test(word);
    if (!isOption) count++;
    if (isOption || count > most) return [`unrecognized arguments: '${word}'`];
    if (operand?.isInteger === true && !/^[+-]?\d+$/.test(word)) {
      return [
        `argument ${operand.name}: could not convert '${word}' to Integer (For input string: "${word}")`,
      ];
    }
  }
  const least = operand === undefined || operand.count === '*' || operand.count === '?' ? 0 : 1;
  return count < least ? ['too few arguments'] : undefined;
}

/** Runs one line's words. Throws MissingChildError, after what came before it. */
export function runCommand(
  state: ShellState,
  [name = '', ...operands]: readonly string[],
  isInteractive: boolean,
): Iterable<string> {
  const known = Object.entries(COMMANDS).filter(([, each]) => {
    return isInteractive || each.isInteractive !== true;
  });
  const command = known.find(([each]) => each === name)?.[1];
  if (command === undefined) {
    const names = known.map(([each]) => `'${each}'`).join(', ');
    return [`invalid choice: '${name}' (choose from ${names})`];
  }
  return refusal(name, operands) ?? command.run(state, operands);
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

function* find(state: ShellState, paths: readonly string[]): Generator<string> {
  for (const path of paths.length === 0 ? ['.'] : paths) {
    const found = visit(state.root, state.workingDirectory, path);
    if (found.length === 0) yield `find: ${path}: no such file or directory.`;
    for (const { node } of found) yield* findLines(node, path);
  }
}

function* findLines(node: ShellNode, path: string): Generator<string> {
  yield path;
  for (const name of sorted(node.children ?? [])) {
    const child = node.child(name);
    if (child === undefined) throw new MissingChildError(name, path);
    yield* findLines(child, path.endsWith('/') ? path + name : `${path}/${name}`);
  }
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

/** argparse breaks what is wider than 80 columns and spreads the words of a broken line. */
function help(): string[] {
  const names = Object.keys(COMMANDS);
  const choices = `{${names.join(',')}}`;
  const list = names.flatMap((name) => {
    if (name !== 'tree') return [entry(`    ${name}`, COMMANDS[name]?.help)];
    return [
      entry('    tree', 'Show the contents  of  metadata  nodes  in  a tree'),
      entry('', 'structure.'),
    ];
  });
  return [
    'Welcome to the Apache Kafka metadata shell.',
    '',
    `usage:  ${choices} ...`,
    '',
    'positional arguments:',
    `  ${choices}`,
    ...list,
  ];
}

const entry = (name: string, text = ''): string => `${name.padEnd(24)} ${text}`;

function usageOf({ operand }: ShellCommand): string {
  if (operand === undefined) return '';
  const { name, count } = operand;
  if (count === '?') return ` [${name}]`;
  if (count === '*') return ` [${name} [${name} ...]]`;
  return count === '+' ? ` ${name} [${name} ...]` : ` ${name}`;
}

function operandHelp({ operand }: ShellCommand): string[] {
  if (operand === undefined) return [];
  return ['', 'positional arguments:', entry(`  ${operand.name}`, operand.description)];
}

function optionHelp(name: string): string[] {
  const command = COMMANDS[name] as ShellCommand;
  return [
    `usage:  ${name} [-h]${usageOf(command)}`,
    ...operandHelp(command),
    '',
    'optional arguments:',
    entry('  -h, --help', 'show this help message and exit'),
  ];
}

function man(_state: ShellState, [name = '']: readonly string[]): string[] {
  const command = COMMANDS[name];
  if (command === undefined) {
    return [`man: unknown command ${name}. Type help to get a list of commands.`];
  }
  return [
    `${name}: ${command.help}`,
    '',
    `usage: ${name}${usageOf(command)}`,
    ...operandHelp(command),
  ];
}

function history({ history: lines }: ShellState, [count]: readonly string[]): string[] {
  const from = count === undefined ? 0 : Math.max(0, lines.length - Number(count));
  return lines.slice(from).map((line, i) => `${String(from + i).padStart(5)}  ${line}`);
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
