// Paths of the metadata shell: relative to a working directory, with `.` and `..`, and with globs in every component
// (`*`, `?`, `{…}`). Pure.

import { MissingChildError, type ShellNode, sorted } from './node.ts';

/** The one kind of node that lists what it can't show: entities without a name of their own. */
const QUOTAS_CLASS = 'class org.apache.kafka.image.node.ClientQuotasImageNode';

export interface Found {
  readonly node: ShellNode;
  /** Components from the root on. */
  readonly path: readonly string[];
}

export const lastComponent = ({ path }: Found): string => path.at(-1) ?? '/';

/** Every node that a path means, in the order of their names. Empty: there is none. Throws MissingChildError. */
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
    const child = node.child(name);
    if (child === undefined && pattern !== undefined) {
      throw new MissingChildError(name, QUOTAS_CLASS);
    }
    return child === undefined ? [] : [{ node: child, path: [...path, name] }];
  });
}

/** undefined: a plain name, as is what can't be read as a glob (GlobComponent). */
function globPattern(glob: string): RegExp | undefined {
  if (!/[*?{]/.test(glob)) return undefined;
  let isInBraces = false;
  let source = '';
  for (const [text, escaped] of glob.matchAll(/\\(.)|./gs)) {
    if (escaped !== undefined) source += literally(escaped);
    else if (text === '*') source += '.*';
    else if (text === '?') source += '.';
    else if (text === '{') {
      if (isInBraces) return undefined;
      isInBraces = true;
      source += '(?:';
    } else if (text === '}' && isInBraces) {
      isInBraces = false;
      source += ')';
    } else source += text === ',' && isInBraces ? '|' : literally(text);
  }
  return isInBraces ? undefined : new RegExp(`^${source}$`);
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
