// sasl.jaas.config: `module flag name="value" name2='value2';` as Kafka's JaasConfig reads it. Never prints what it read.

import { ConfigError } from '../errors.ts';

export interface JaasEntry {
  /** The login module's class name. */
  readonly module: string;
  readonly options: ReadonlyMap<string, string>;
}

const TOKEN = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([=;])|([^\s=;"']+)/gs;

/** Throws ConfigError when it isn't one entry of that form. */
export function parseJaas(text: string): JaasEntry {
  const tokens: string[] = [];
  for (const [, double, single, sign, word] of text.matchAll(TOKEN)) {
    tokens.push(sign ?? word ?? unquoted(double ?? single ?? ''));
  }
  const [module, flag, ...rest] = tokens;
  if (module === undefined || flag === undefined || rest.at(-1) !== ';') throw malformed();
  const options = new Map<string, string>();
  for (let at = 0; at < rest.length - 1; at += 3) {
    const [name, equals, value] = rest.slice(at, at + 3);
    if (name === undefined || equals !== '=' || value === undefined) throw malformed();
    options.set(name, value);
  }
  return { module, options };
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

function malformed(): ConfigError {
  return new ConfigError(
    'sasl.jaas.config must be of the form: loginModuleClass controlFlag (optionName=optionValue)*;',
  );
}
