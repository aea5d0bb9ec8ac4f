// Named clusters that the user works with: config.json, which `kafta context` writes through the conf package.
// Reading is done here by hand, because every command does it and conf takes longer to load than a command to run.

import { join } from 'node:path';
import type { Io } from '../io/io.ts';
import { configDirectory } from './places.ts';

export interface Contexts {
  /** The name in use; absent: the embedded broker. */
  readonly current?: string;
  readonly contexts?: Readonly<Record<string, Context>>;
}

export interface Context {
  readonly bootstrapServer: string;
}

export const CONTEXTS_FILE = 'config.json';

export function readContexts(io: Io, environment: NodeJS.ProcessEnv): Contexts {
  const path = join(configDirectory(environment), CONTEXTS_FILE);
  if (!io.disk.exists(path)) return {};
  const text = io.disk.readFile(path).toString();
  try {
    return JSON.parse(text) as Contexts;
  } catch {
    throw new Error(`${path} isn't JSON; repair it or remove it ('kafta context' writes it anew).`);
  }
}

/** The bootstrap servers of the current context; undefined when none is chosen. */
export function currentContext(io: Io, environment: NodeJS.ProcessEnv): string | undefined {
  const { current, contexts } = readContexts(io, environment);
  if (current === undefined) return undefined;
  const context = contexts?.[current];
  if (context === undefined) {
    throw new Error(
      `The current context '${current}' doesn't exist; choose one with 'kafta context use'.`,
    );
  }
  return context.bootstrapServer;
}
