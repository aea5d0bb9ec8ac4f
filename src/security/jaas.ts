// sasl.jaas.config: `module flag name="value" name2='value2';` as Kafka's JaasConfig reads it, for clients and listeners.
// Never prints what it read.

import { JavaException } from './java-exception.ts';

export interface JaasEntry {
  /** The login module's class name. */
  readonly module: string;
  readonly options: ReadonlyMap<string, string>;
}

const FLAGS = ['REQUIRED', 'REQUISITE', 'SUFFICIENT', 'OPTIONAL'];
const TOKEN = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([=;])|([^\s=;"']+)/gs;

/** @throws JavaException in JaasConfig's words when it isn't one entry of that form. */
export function parseJaas(text: string): JaasEntry {
  const tokens: string[] = [];
  for (const [, double, single, sign, word] of text.matchAll(TOKEN)) {
    tokens.push(sign ?? word ?? unquoted(double ?? single ?? ''));
  }
  const [module, flag, ...rest] = tokens;
  if (module === undefined) throw malformed('Login module not specified in JAAS config');
  if (flag === undefined) throw malformed('Login module control flag not specified in JAAS config');
  if (!FLAGS.includes(flag.toUpperCase())) {
    throw malformed('Login module control flag is not available in the JAAS config');
  }
  const options = new Map<string, string>();
  for (let at = 0; at < rest.length && rest[at] !== ';'; at += 3) {
    const [name, equals, value] = rest.slice(at, at + 3);
    if (equals !== '=' || value === undefined || value === ';') {
      throw malformed(`Value not specified for key '${name}' in JAAS config`);
    }
    options.set(name!, value);
  }
  if (rest.at(-1) !== ';') throw malformed('JAAS config entry not terminated by semi-colon');
  return { module, options };
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

function malformed(message: string): JavaException {
  return new JavaException('java.lang.IllegalArgumentException', message);
}
