// A line as a record (Kafka's LineMessageReader): headers, key and value by their separators, null by its marker.
// Works on byte positions; only headers make objects.

import type { RecordHeader } from '../../client/types.ts';
import { ToolError } from '../support/java-error.ts';
import type { ReaderConfig } from './reader-config.ts';

const KAFKA_EXCEPTION = 'org.apache.kafka.common.KafkaException';

export class LineParser {
  /** After parse(): positions in the line's buffer; -1 for a null key or value. */
  keyStart = -1;
  keyEnd = -1;
  valueStart = -1;
  valueEnd = -1;
  headers: readonly RecordHeader[] | null = null;

  readonly #config: ReaderConfig;
  readonly #keySeparator: Buffer;
  readonly #headersDelimiter: Buffer;
  readonly #nullMarker: Buffer | undefined;
  /** Nothing to look for: the line is the value. */
  readonly #isPlain: boolean;

  constructor(config: ReaderConfig) {
    this.#config = config;
    this.#keySeparator = Buffer.from(config.keySeparator);
    this.#headersDelimiter = Buffer.from(config.headersDelimiter);
    this.#nullMarker = config.nullMarker === undefined ? undefined : Buffer.from(config.nullMarker);
    this.#isPlain = !config.parsesKey && !config.parsesHeaders && config.nullMarker === undefined;
  }

  /** Throws ToolError (KafkaException) for a line without what it must have. */
  parse(line: Buffer, start: number, end: number, lineNumber: number): void {
    this.headers = null;
    this.keyStart = -1;
    this.keyEnd = -1;
    this.valueStart = start;
    this.valueEnd = end;
    if (this.#isPlain) return;
    let at = start;
    if (this.#config.parsesHeaders) at = this.#afterHeaders(line, start, end, lineNumber);
    const headersEnd = at - this.#headersDelimiter.length;
    if (this.#config.parsesKey) at = this.#takeKey(line, start, at, end, lineNumber);
    // Only a line with all its parts is looked into.
    if (this.#config.parsesHeaders) this.#takeHeaders(line, start, headersEnd, lineNumber);
    this.valueStart = at;
    if (this.#isNullMarker(line, at, end)) {
      this.valueStart = -1;
      this.valueEnd = -1;
    }
  }

  #afterHeaders(line: Buffer, start: number, end: number, lineNumber: number): number {
    const found = indexWithin(line, this.#headersDelimiter, start, end);
    if (found < 0) return this.#missing('headers delimiter', line, start, end, lineNumber) ?? start;
    return found + this.#headersDelimiter.length;
  }

  /** `end` is before `start` when the line has no headers and that is no error. */
  #takeHeaders(line: Buffer, start: number, end: number, lineNumber: number): void {
    if (end < start || this.#isNullMarker(line, start, end)) return;
    this.headers = this.#headersOf(line.toString('utf8', start, end), lineNumber);
  }

  #takeKey(line: Buffer, start: number, at: number, end: number, lineNumber: number): number {
    const found = indexWithin(line, this.#keySeparator, at, end);
    if (found < 0) return this.#missing('key separator', line, start, end, lineNumber) ?? at;
    if (!this.#isNullMarker(line, at, found)) {
      this.keyStart = at;
      this.keyEnd = found;
    }
    return found + this.#keySeparator.length;
  }

  #missing(what: string, line: Buffer, start: number, end: number, lineNumber: number): undefined {
    if (this.#config.ignoresErrors) return undefined;
    const text = line.toString('utf8', start, end);
    throw new ToolError(
      `No ${what} found on line number ${lineNumber}: '${text}'`,
      KAFKA_EXCEPTION,
    );
  }

  #isNullMarker(line: Buffer, start: number, end: number): boolean {
    const marker = this.#nullMarker;
    if (marker === undefined || marker.length !== end - start) return false;
    return line.compare(marker, 0, marker.length, start, end) === 0;
  }

  #headersOf(text: string, lineNumber: number): RecordHeader[] {
    return this.#config.splitHeaders(text).map((pair) => this.#headerOf(pair, lineNumber));
  }

  #headerOf(pair: string, lineNumber: number): RecordHeader {
    const { headersKeySeparator, ignoresErrors, nullMarker } = this.#config;
    const found = pair.indexOf(headersKeySeparator);
    if (found < 0) {
      if (ignoresErrors) return { key: Buffer.from(pair), value: null };
      throw new ToolError(
        `No header key separator found in pair '${pair}' on line number ${lineNumber}`,
        KAFKA_EXCEPTION,
      );
    }
    const key = pair.slice(0, found);
    if (key === nullMarker) {
      throw new ToolError(
        `Header keys should not be equal to the null marker '${nullMarker}' as they can't be null`,
        KAFKA_EXCEPTION,
      );
    }
    const value = pair.slice(found + headersKeySeparator.length);
    return { key: Buffer.from(key), value: value === nullMarker ? null : Buffer.from(value) };
  }
}

/** An empty separator is found at once, as by String.indexOf. */
function indexWithin(line: Buffer, what: Buffer, start: number, end: number): number {
  if (what.length === 0) return start;
  const found = line.indexOf(what, start);
  return found < 0 || found + what.length > end ? -1 : found;
}
