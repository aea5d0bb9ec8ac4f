// esbuild's part. A command's file holds all it needs from the first moment; what it imports dynamically (tables,
// prompts, YAML) stays outside, in dist/lib, shared by all. npm packages are never bundled: they keep their own place.

import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { FoundTool } from './find-tools.ts';
import { lazyBuiltins } from './lazy-builtins.ts';

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node22.15',
  packages: 'external',
  logLevel: 'warning',
  legalComments: 'none',
} satisfies BuildOptions;

/** Files whose dynamic import was met: path from src without '.ts' → the file. */
export type Lazy = Map<string, string>;

/** What dist/commands holds besides the tools: programs of their own. */
const PROGRAMS = ['launch/run-class', 'launch/server-stop'];
export const COMMAND_PROGRAMS = ['run-class.cjs', 'server-stop.cjs'];

export async function bundleCommands(root: string, tools: readonly FoundTool[]): Promise<Lazy> {
  const lazy: Lazy = new Map();
  const src = join(root, 'src');
  const work = tools.map((found) => bundleTool(root, found, lazy));
  for (const program of PROGRAMS) {
    const name = program.split('/').at(-1)!;
    const options = {
      entryPoints: [join(src, 'commands', `${program}.ts`)],
      define: { __CLASSES__: JSON.stringify(classes(tools)) },
    };
    work.push(bundleFile(root, `commands/${name}.cjs`, options, lazy));
  }
  work.push(bundleFile(root, 'daemon.cjs', { entryPoints: [join(src, 'daemon/main.ts')] }, lazy));
  const cleaner = { entryPoints: [join(src, 'log/cleaner/worker-main.ts')] };
  work.push(bundleFile(root, 'log-cleaner.cjs', cleaner, lazy));
  work.push(bundleLibrary(root, lazy));
  await Promise.all(work);
  return lazy;
}

/** Java class → the name of its file in dist/commands, or 'daemon'. */
function classes(tools: readonly FoundTool[]): Record<string, string> {
  const found: Record<string, string> = { 'kafka.Kafka': 'daemon' };
  for (const { table } of tools.map(({ tool }) => tool)) {
    for (const name of table.classNames) found[name] = table.command;
  }
  return found;
}

/** CommonJS, which both kinds of modules can load, and beside it the names as an ES module: one broker's code in a process. */
async function bundleLibrary(root: string, lazy: Lazy): Promise<void> {
  const js = `'use strict';\n${IMPORT_META_URL}`;
  const options = { entryPoints: [join(root, 'src/index.ts')], banner: { js } };
  await bundleFile(root, 'index.cjs', options, lazy);
  writeFileSync(join(root, 'dist/index.js'), "export { startBroker } from './index.cjs';\n");
}

async function bundleTool(root: string, { tool, exportName, file }: FoundTool, lazy: Lazy) {
  const contents = [
    `import { ${exportName} } from ${JSON.stringify(file)};`,
    `import { main } from ${JSON.stringify(join(root, 'src/commands/support/main.ts'))};`,
    `main(${exportName});`,
  ].join('\n');
  const stdin = { contents, resolveDir: root, loader: 'ts' as const };
  await bundleFile(root, `commands/${tool.table.command}.cjs`, { stdin }, lazy);
}

/** The file's own address, as a module has it. */
const IMPORT_META_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** A Node that is too old never gets to the program: bin/old-node.cjs finds a better one, or says so. */
function banner(outfile: string): string {
  const up = '../'.repeat(outfile.split('/').length);
  return [
    "'use strict';",
    `if (require('${up}bin/old-node.cjs')(__filename)) return;`,
    IMPORT_META_URL,
  ].join('\n');
}

async function bundleFile(
  root: string,
  outfile: string,
  options: BuildOptions,
  lazy: Lazy,
): Promise<void> {
  const toLib = outfile.includes('/') ? '../lib' : './lib';
  await build({
    ...COMMON,
    banner: { js: banner(outfile) },
    ...options,
    format: 'cjs',
    // Without comments the text is ASCII, half the size in memory, and read in half the time; names and lines stay
    // for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    outfile: join(root, 'dist', outfile),
    define: { ...options.define, 'import.meta.url': 'importMetaUrl' },
    plugins: [lazyImports(join(root, 'src'), toLib, lazy), lazyBuiltins()],
  });
}

function lazyImports(src: string, toLib: string, lazy: Lazy): Plugin {
  return {
    name: 'lazy-imports',
    setup(setup) {
      setup.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined;
        const file = resolve(resolveDir, path);
        const name = relative(src, file).replace(/\.ts$/, '').replaceAll(/[\\/]/g, '-');
        lazy.set(name, file);
        return { path: `${toLib}/${name}.js`, external: true };
      });
    },
  };
}

/** Resolves with the paths of what it made, from the package's folder. */
export async function bundleModules(root: string, lazy: Lazy): Promise<string[]> {
  const entryPoints: Record<string, string> = {
    'lib/oclif': join(root, 'src/commands/oclif.ts'),
    'lib/oclif-main': join(root, 'src/commands/oclif-main.ts'),
  };
  for (const [name, file] of lazy) entryPoints[`lib/${name}`] = file;
  const { metafile } = await build({
    ...COMMON,
    absWorkingDir: root,
    metafile: true,
    entryPoints,
    format: 'esm',
    splitting: true,
    outdir: join(root, 'dist'),
    chunkNames: 'lib/chunk-[hash]',
  });
  return Object.keys(metafile.outputs);
}
