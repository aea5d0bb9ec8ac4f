// SCRAM credentials from `--add-scram 'SCRAM-SHA-256=[name=alice,password=…]'` (ScramParser, RFC 5802) as the record
// that is stored: salt and keys, never the password. Nothing here is printed.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { UserScramCredentialRecord } from '../../protocol/generated/metadata/user-scram-credential-record.ts';
import { StorageError } from './meta-properties.ts';

interface Mechanism {
  readonly name: string;
  readonly type: number;
  readonly hash: 'sha256' | 'sha512';
  readonly keyBytes: number;
}

const MECHANISMS: readonly Mechanism[] = [
  { name: 'SCRAM-SHA-256', type: 1, hash: 'sha256', keyBytes: 32 },
  { name: 'SCRAM-SHA-512', type: 2, hash: 'sha512', keyBytes: 64 },
];
const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 16384;
const DEFAULT_ITERATIONS = 4096;

/** `randomSalt` is asked only when the argument has none. Throws StorageError. */
export function parseScramArgument(
  argument: string,
  randomSalt: () => Buffer,
): UserScramCredentialRecord {
  const { mechanism, components } = splitArgument(argument.trim());
  const name = take(components, 'name');
  if (name === undefined) throw new StorageError("You must supply 'name' to add-scram");
  const saltText = take(components, 'salt');
  const iterations = parseIterations(take(components, 'iterations'), mechanism);
  const password = take(components, 'password');
  const saltedText = take(components, 'saltedpassword');
  if (password === undefined && saltedText === undefined) {
    throw new StorageError("You must supply one of 'password' or 'saltedpassword' to add-scram");
  }
  if (password === undefined && saltText === undefined) {
    throw new StorageError("You must supply 'salt' with 'saltedpassword' to add-scram");
  }
  if (components.size > 0) {
    const names = [...components.keys()].sort().join(', ');
    throw new StorageError(`Unknown SCRAM configurations: ${names}`);
  }
  const salt = saltText === undefined ? randomSalt() : decode(saltText, 'salt');
  const salted =
    password === undefined
      ? decode(saltedText as string, 'saltedPassword')
      : pbkdf2Sync(password, salt, iterations, mechanism.keyBytes, mechanism.hash);
  const hmac = (text: string): Buffer => createHmac(mechanism.hash, salted).update(text).digest();
  return {
    name,
    mechanism: mechanism.type,
    salt,
    storedKey: createHash(mechanism.hash).update(hmac('Client Key')).digest(),
    serverKey: hmac('Server Key'),
    iterations,
  };
}

function splitArgument(argument: string): {
  mechanism: Mechanism;
  components: Map<string, string>;
} {
  const equals = argument.indexOf('=');
  if (equals < 0) {
    throw new StorageError(`Failed to find equals sign in SCRAM argument '${argument}'`);
  }
  const name = argument.slice(0, equals);
  const mechanism = MECHANISMS.find((known) => known.name === name);
  if (mechanism === undefined) {
    throw new StorageError(`The add-scram mechanism ${name} is not supported.`);
  }
  const config = argument.slice(equals + 1);
  if (!config.startsWith('[')) {
    throw new StorageError('Expected configuration string to start with [');
  }
  if (!config.endsWith(']')) throw new StorageError('Expected configuration string to end with ]');
  return { mechanism, components: splitComponents(config.slice(1, -1)) };
}

function splitComponents(config: string): Map<string, string> {
  const components = new Map<string, string>();
  for (const component of config.split(',')) {
    const equals = component.indexOf('=');
    if (equals < 0) {
      throw new StorageError(`No equals sign found in SCRAM component: ${component}`);
    }
    const value = component.slice(equals + 1);
    const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
    components.set(component.slice(0, equals), isQuoted ? value.slice(1, -1) : value);
  }
  return components;
}

function take(components: Map<string, string>, name: string): string | undefined {
  const value = components.get(name);
  components.delete(name);
  return value;
}

function parseIterations(text: string | undefined, mechanism: Mechanism): number {
  if (text === undefined) return DEFAULT_ITERATIONS;
  if (!/^[+-]?[0-9]+$/.test(text)) {
    throw new StorageError(`Failed to parse iterations count: ${text}`);
  }
  const iterations = Number(text);
  const constant = mechanism.name.replaceAll('-', '_');
  if (iterations < MIN_ITERATIONS) {
    throw new StorageError(
      `The 'iterations' value must be >= ${MIN_ITERATIONS} for add-scram using ${constant}`,
    );
  }
  if (iterations > MAX_ITERATIONS) {
    throw new StorageError(
      `The 'iterations' value must be <= ${MAX_ITERATIONS} for add-scram using ${constant}`,
    );
  }
  return iterations;
}

function decode(text: string, what: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new StorageError(
      `Failed to decode given ${what}: ${what === 'salt' ? text : '(hidden)'}`,
    );
  }
  return Buffer.from(text, 'base64');
}
