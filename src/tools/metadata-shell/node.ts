// The tree that the metadata shell shows: directories with children by name, and files with a text. Pure.

export interface ShellNode {
  /** undefined: a file. Names may stand twice, as Kafka's do. */
  readonly children: readonly string[] | undefined;
  child(name: string): ShellNode | undefined;
  /** Of a file. */
  readonly text: string;
}

/** A child that is listed and can't be shown: Kafka's shell ends over it. */
export class MissingChildError extends Error {
  constructor(name: string, parent: string) {
    super(`Expected ${name} to be a valid child of ${parent}, but it was not.`);
    this.name = 'MissingChildError';
  }
}

export function leaf(text: string): ShellNode {
  return { children: undefined, child: () => undefined, text };
}

export function directory(
  children: readonly string[],
  child: (name: string) => ShellNode | undefined,
): ShellNode {
  return { children, child, text: '' };
}

/** A directory of known entries. */
export function entries(nodes: Readonly<Record<string, () => ShellNode>>): ShellNode {
  const names = Object.keys(nodes);
  return directory(names, (name) => (names.includes(name) ? nodes[name]?.() : undefined));
}

/** A directory of files by name. */
export function texts(values: ReadonlyMap<string, string>): ShellNode {
  return directory([...values.keys()], (name) => {
    const text = values.get(name);
    return text === undefined ? undefined : leaf(text);
  });
}

/** By code units, as Java sorts. */
export const sorted = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
