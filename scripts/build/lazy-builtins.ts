// Modules of Node that take milliseconds to load are loaded at their first use, not where they are imported: most commands,
// and a broker's first answer, need few of these. The sources import them in the usual way.

import type { Plugin } from 'esbuild';

/** Those that cost a millisecond or more, and that Node hasn't loaded by itself. */
const HEAVY = new Set([
  'node:child_process',
  'node:crypto',
  'node:dns/promises',
  'node:worker_threads',
  'node:zlib',
]);

export function lazyBuiltins(): Plugin {
  return {
    name: 'lazy-builtins',
    setup(setup) {
      setup.onResolve({ filter: /^node:/, namespace: 'file' }, ({ path }) =>
        HEAVY.has(path) ? { path, namespace: 'lazy-builtin' } : undefined,
      );
      setup.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, async ({ path }) => {
        const names = Object.keys((await import(path)) as object).filter(
          (name) => name !== 'default',
        );
        return { contents: standIn(path, names), loader: 'js' };
      });
    },
  };
}

/** A module whose exports are getters over the real one. */
function standIn(path: string, names: readonly string[]): string {
  const getters = names.map((name) => `get ${name}() { return real().${name}; },`);
  return [
    'let loaded;',
    `const real = () => (loaded ??= require(${JSON.stringify(path)}));`,
    'module.exports = {',
    ...getters,
    '};',
  ].join('\n');
}
