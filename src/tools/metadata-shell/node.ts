// The tree that the metadata shell shows: directories with children by name, and files with a text. Pure.

export interface ShellNode {
  /** undefined: a file. Names may stand twice, as Kafka's do. */
  readonly children: readonly string[] | undefined;
  child(name: string): ShellNode | undefined;
  /** Of a file. */
  readonly text: string;
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
