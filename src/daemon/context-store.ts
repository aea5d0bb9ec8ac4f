// Writes the contexts: config.json through the conf package, atomically and readable by its owner alone.

import Conf from 'conf';
import { CONTEXTS_FILE, type Contexts } from './contexts.ts';
import { configDirectory } from './places.ts';

type Stored = { -readonly [Key in keyof Contexts]: Contexts[Key] };

function store(environment: NodeJS.ProcessEnv): Conf<Stored> {
  return new Conf<Stored>({
    cwd: configDirectory(environment),
    configName: CONTEXTS_FILE.replace(/\.json$/, ''),
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
  });
}

/** Adds or replaces a context, and makes it the current one. */
export function saveContext(
  environment: NodeJS.ProcessEnv,
  name: string,
  bootstrapServer: string,
): void {
  const file = store(environment);
  file.set('contexts', { ...file.get('contexts'), [name]: { bootstrapServer } });
  file.set('current', name);
}

/** Undefined goes back to the embedded broker. Throws for a name that isn't there. */
export function useContext(environment: NodeJS.ProcessEnv, name: string | undefined): void {
  const file = store(environment);
  if (name === undefined) file.delete('current');
  else if (file.get('contexts')?.[name] !== undefined) file.set('current', name);
  else throw new Error(unknownContext(name, file.get('contexts')));
}

export function removeContext(environment: NodeJS.ProcessEnv, name: string): void {
  const file = store(environment);
  const { [name]: removed, ...rest } = file.get('contexts') ?? {};
  if (removed === undefined) throw new Error(unknownContext(name, file.get('contexts')));
  file.set('contexts', rest);
  if (file.get('current') === name) file.delete('current');
}

function unknownContext(name: string, contexts: Contexts['contexts']): string {
  const names = Object.keys(contexts ?? {});
  const known = names.length === 0 ? 'there is none yet' : `there are ${names.join(', ')}`;
  return `There is no context '${name}': ${known}.`;
}
