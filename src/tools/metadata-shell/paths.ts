// Paths of the metadata shell: relative to a working directory, with `.` and `..`, and with globs in every component
// (`*`, `?`, `[…]`, `{…}`). Pure.

import { type ShellNode, sorted } from './node.ts';

export interface Found {
  readonly node: ShellNode;
  /** Components from the root on. */
  readonly path: readonly string[];
}

export const lastComponent = ({ path }: Found): string => path.at(-1) ?? '/';

/** Every node that a path means, in the order of their names. Empty: there is none. */
export function visit(root: ShellNode, workingDirectory: string, path: string): Found[] {
  const components: string[] = [];
  const given = path.startsWith('/') ? path : `${workingDirectory}/${path}`;
  for (const component of given.split('/')) {
    if (component === '' || component === '.') continue;
    if (component === '..') components.pop();
    else components.push(component);
  }
  let found: Found[] = [{ node: root, path: [] }];
  for (const component of components) found = found.flatMap((each) => step(each, component));
  return found;
}

function step({ node, path }: Found, component: string): Found[] {
  const pattern = globPattern(component);
  const children = node.children ?? [];
  const names =
    pattern === undefined ? [component] : sorted(children).filter((n) => pattern.test(n));
  return names.flatMap((name) => {
    const child = children.includes(name) || pattern === undefined ? node.child(name) : undefined;
    return child === undefined ? [] : [{ node: child, path: [...path, name] }];
  });
}

/** undefined: a plain name. */
function globPattern(glob: string): RegExp | undefined {
  if (!/[*?[\]{}\\]/.test(glob)) return undefined;
  let isInBraces = false;
  const source = [...glob.matchAll(/\\(.)|\[[^\]]*\]|./gs)].map(([text, escaped]) => {
    if (escaped !== undefined) return literally(escaped);
    if (text === '*') return '.*';
    if (text === '?') return '.';
    if (text.startsWith('[') && text.endsWith(']')) return text.replace(/^\[!/, '[^');
    if (text === '{') {
      isInBraces = true;
      return '(?:';
    }
    if (text === '}' && isInBraces) {
      isInBraces = false;
      return ')';
    }
    return text === ',' && isInBraces ? '|' : literally(text);
  });
  try {
    return new RegExp(`^${source.join('')}$`, 's');
  } catch {
    return undefined;
  }
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
