// The tools there are: every src/tools/<command>/index.ts, which exports one Tool.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tool } from '../../src/flags/tool.ts';

export interface FoundTool {
  readonly tool: Tool;
  /** The name under which its module exports it. */
  readonly exportName: string;
  readonly file: string;
}

export async function findTools(root: string): Promise<FoundTool[]> {
  const folder = join(root, 'src/tools');
  const found: FoundTool[] = [];
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name, 'index.ts');
    if (!existsSync(file)) continue;
    const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    const [exportName] = Object.keys(module).filter((each) => isTool(module[each]));
    if (exportName === undefined) throw new Error(`${file} exports no Tool`);
    const tool = module[exportName] as Tool;
    if (tool.table.command !== name)
      throw new Error(`${file} has the command ${tool.table.command}`);
    found.push({ tool, exportName, file });
  }
  return found;
}

function isTool(value: unknown): value is Tool {
  return typeof value === 'object' && value !== null && 'table' in value && 'run' in value;
}
