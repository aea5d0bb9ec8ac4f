// Client properties as Kafka's tools gather them: a file in Java's format, and `key=value` words.

import type { ClientLog } from '../../client/client-log.ts';
import { parseProperties } from '../../common/properties.ts';
import { DiskError, type Io } from '../../io/io.ts';
import { ToolError } from './java-error.ts';

/** Utils.loadProps: Latin-1, as Properties.load(InputStream) reads. A missing file's error is its name alone, as Java's. */
export function loadProperties(io: Io, path: string): Map<string, string> {
  return parseProperties(readInput(io, path).toString('latin1'));
}

/** A file the user named; the errors have the messages of java.nio.file's exceptions. */
export function readInput(io: Io, path: string): Buffer {
  try {
    return io.disk.readFile(path);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const told = FILE_ERRORS.get(error.code);
    if (told !== undefined)
      throw new FileError(told.exception, told.message ?? path, `${path}: ${told.plain}`);
    throw error;
  }
}

/** By the system's code: Java's exception, its message where that isn't the file's name, and the words for people. */
const FILE_ERRORS: ReadonlyMap<string, { exception: string; message?: string; plain: string }> =
  new Map([
    ['ENOENT', { exception: 'java.nio.file.NoSuchFileException', plain: 'no such file' }],
    ['EACCES', { exception: 'java.nio.file.AccessDeniedException', plain: 'not readable by you' }],
    [
      'EISDIR',
      {
        exception: 'java.io.IOException',
        message: 'Is a directory',
        plain: 'a folder, not a file',
      },
    ],
  ]);

/** A file that can't be read, in Java's words: often nothing but its name. `plain` says what is wrong with it. */
export class FileError extends Error {
  readonly exception: string;
  readonly plain: string;
  constructor(exception: string, message: string, plain: string) {
    super(message);
    this.name = 'FileError';
    this.exception = exception;
    this.plain = plain;
  }
}

/** CommandLineUtils.parseKeyValueArgs: later words win, `key` and `key=` give an empty value. */
export function parseKeyValues(words: readonly string[]): Map<string, string> {
  const properties = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 0) properties.set(word, '');
    else properties.set(word.slice(0, at), word.slice(at + 1));
  }
  return properties;
}

/** Later maps win. */
export function merge(...maps: readonly ReadonlyMap<string, string>[]): Map<string, string> {
  return new Map(maps.flatMap((map) => [...map]));
}

/** As Kafka reads a LIST of servers; blank is none. The log hears of one named twice. */
export function splitServers(text: string, log?: ClientLog): string[] {
  if (text.trim() === '') return [];
  const given = text.trim().split(/\s*,\s*/);
  const servers = [...new Set(given)];
  if (servers.length < given.length) {
    log?.(
      'WARN',
      'Configuration key "bootstrap.servers" contains duplicate values. Duplicates will be removed. ' +
        `The original value is: [${given.join(', ')}], the updated value is: [${servers.join(', ')}]`,
      'org.apache.kafka.common.config.ConfigDef',
    );
  }
  if (!servers.includes('')) return servers;
  throw new ToolError(
    "Configuration 'bootstrap.servers' values must not be empty.",
    'org.apache.kafka.common.config.ConfigException',
  );
}
