// What is published: the commands, their manifest and the launchers belong together. Needs a build (npm ci makes one).

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { findTools } from '../../scripts/build/find-tools.ts';
import { COMMANDS } from '../../src/commands/oclif.ts';

const root = resolve(import.meta.dirname, '../..');
const tools = await findTools(root);

describe('the package', () => {
  test('has an oclif command for every tool', () => {
    const names = tools.map(({ tool }) => tool.table.command);
    expect(names.filter((name) => !(name in COMMANDS))).toEqual([]);
  });

  test('has a manifest that knows the commands and their flags as the sources do', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'));
    expect(Object.keys(manifest.commands).sort()).toEqual(Object.keys(COMMANDS).sort());
    for (const [id, command] of Object.entries(COMMANDS)) {
      const known = Object.keys(manifest.commands[id].flags).sort();
      expect([id, known]).toEqual([id, Object.keys(command.flags ?? {}).sort()]);
      expect(manifest.commands[id].summary).toBe(command.summary);
    }
  });

  test('has a summary and examples that begin with kafta for every command', () => {
    for (const [id, command] of Object.entries(COMMANDS)) {
      expect([id, command.summary?.endsWith('.')]).toEqual([id, false]);
      expect([id, (command.examples ?? []).length]).not.toEqual([id, 0]);
      for (const example of command.examples ?? []) expect(example).toMatch(/\bkafta |^seq /);
    }
  });

  test("has launchers under both of Kafka's spellings, executable, and no others", () => {
    const own = ['kafka-run-class', 'kafka-server-start', 'kafka-server-stop'];
    const scripts = [...tools.map(({ tool }) => tool.table.script), ...own];
    const expected = scripts.flatMap((script) => [script, `${script}.sh`, `${script}.cmd`]);
    const folder = join(root, 'bin/launchers');
    expect(readdirSync(folder).sort()).toEqual(expected.sort());
    for (const script of scripts) expect(statSync(join(folder, script)).mode & 0o111).toBe(0o111);
    expect(existsSync(join(root, 'bin/launchers-legacy/zookeeper-server-start.sh'))).toBe(true);
  });

  test('depends on exact versions', () => {
    const versions = { ...packageJson.dependencies, ...packageJson.devDependencies };
    for (const [name, version] of Object.entries(versions)) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    }
  });

  test('is one library to both kinds of modules', () => {
    const { import: esm, require: cjs } = packageJson.exports['.'];
    for (const { types } of [esm, cjs]) expect(existsSync(join(root, types))).toBe(true);
    const program = [
      "import { createRequire } from 'node:module';",
      "import { startBroker } from 'kafta';",
      "const required = createRequire(process.cwd() + '/')('kafta').startBroker;",
      'console.log(typeof required, required === startBroker);',
    ].join('\n');
    // Node itself resolves it, by the package's own name.
    const options = { cwd: root, encoding: 'utf8' as const };
    const argv = ['--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, argv, options)).toBe('function true\n');
  });

  test('names each Java class once', () => {
    const names = tools.flatMap(({ tool }) => [...tool.table.classNames]);
    expect(new Set(names).size).toBe(names.length);
  });
});
