// Lines from stdin into the producer, as fast as it takes them and no faster.
// Nothing is allocated per record; what fails is counted and told, as Kafka's ErrorLoggingCallback does.

import { ClientError } from '../../client/errors.ts';
import type { DeliveryReport, Producer } from '../../client/producer/producer.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { describeChain, describeError, ToolError } from '../support/java-error.ts';
import { logLine } from '../support/log-line.ts';
import { isThrownBySend } from '../support/send-errors.ts';
import { LineParser } from './line-parser.ts';
import type { LineSplitter } from './line-splitter.ts';
import type { ReaderConfig } from './reader-config.ts';

const ANY_PARTITION = -1;
const NULL_BYTES = -1;
const CALLBACK_LOGGER = 'org.apache.kafka.clients.producer.internals.ErrorLoggingCallback';
/** More would only repeat the first ones. */
const MOST_ERRORS_TOLD = 100;

export interface SendCounts {
  /** Taken by the producer. */
  taken: number;
  /** Of these, those that no broker acknowledged. */
  lost: number;
  /** Never taken: too large, or the topic isn't there. */
  refused: number;
}

export class SendLoop {
  readonly counts: SendCounts = { taken: 0, lost: 0, refused: 0 };
  readonly #context: ToolContext;
  readonly #config: ReaderConfig;
  readonly #lines: LineSplitter;
  readonly #parser: LineParser;
  readonly #isSync: boolean;
  readonly #isPrompting: boolean;
  #producer: Producer | undefined;
  #lastFailure: ClientError | undefined;
  #told = 0;
  /** The records' timestamp. Looked up for a chunk of lines and after each wait: for a line it costs as much as its copy. */
  #sendMs = 0;

  constructor(
    context: ToolContext,
    config: ReaderConfig,
    lines: LineSplitter,
    options: { readonly isSync: boolean },
  ) {
    this.#context = context;
    this.#config = config;
    this.#lines = lines;
    this.#parser = new LineParser(config);
    this.#isSync = options.isSync;
    this.#isPrompting = context.stdin.isTerminal && context.out.isTerminal;
  }

  /** For the producer's onDelivery. */
  readonly onDelivery = ({ recordCount, error, recordSizes }: DeliveryReport): void => {
    if (error === undefined) return;
    this.#lastFailure = error;
    this.counts.lost += recordCount;
    // Of a transaction that is aborted every batch fails; the reason is told once.
    if (error.name === 'TransactionAbortedException') return;
    if (this.#isSync || this.#told >= MOST_ERRORS_TOLD) return;
    for (const { keyBytes, valueBytes } of recordSizes()) this.#tell(error, keyBytes, valueBytes);
  };

  /** Until the end of stdin or a signal. With --sync it rejects with the first failure. */
  async run(producer: Producer): Promise<void> {
    this.#producer = producer;
    const { stdin, signal } = this.#context;
    const stop = () => stdin.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (;;) {
        this.#prompt();
        const chunk = await stdin.read();
        if (chunk === undefined || signal.aborted) break;
        this.#lines.feed(chunk);
        this.#lookAtTime();
        await this.#sendLines();
      }
      if (!signal.aborted && this.#lines.finish()) await this.#sendLine();
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #prompt(): void {
    if (this.#isPrompting) this.#context.out.text('>');
  }

  async #sendLines(): Promise<void> {
    const lines = this.#lines;
    const parser = this.#parser;
    while (lines.next() && !this.#context.signal.aborted) {
      parser.parse(lines.buffer, lines.start, lines.end, lines.lineNumber);
      // Only what can't be taken at once costs a promise.
      if (this.#isSync || !this.#tryAppend()) {
        await this.#sendParsed();
        this.#lookAtTime();
      }
    }
  }

  async #sendLine(): Promise<void> {
    const { buffer, start, end, lineNumber } = this.#lines;
    this.#parser.parse(buffer, start, end, lineNumber);
    await this.#sendParsed();
  }

  async #sendParsed(): Promise<void> {
    this.#lookAtTime();
    try {
      while (!this.#appendOrThrow()) {
        await this.#producer!.ready(this.#config.topic);
        this.#lookAtTime();
      }
    } catch (error) {
      this.#refused(error);
      return;
    }
    if (this.#isSync) await this.#confirm();
  }

  #lookAtTime(): void {
    this.#sendMs = this.#context.io.clock.nowMs();
  }

  /** False when the record has to wait. A record that can never be taken counts as done. */
  #tryAppend(): boolean {
    try {
      return this.#appendOrThrow();
    } catch (error) {
      this.#refused(error);
      return true;
    }
  }

  #appendOrThrow(): boolean {
    const parser = this.#parser;
    const lines = this.#lines;
    const line = lines.buffer;
    const isTaken = this.#producer!.append(
      this.#config.topic,
      ANY_PARTITION,
      this.#sendMs,
      parser.keyStart < 0 ? null : line,
      parser.keyStart,
      parser.keyEnd,
      parser.valueStart < 0 ? null : line,
      parser.valueStart,
      parser.valueEnd,
      parser.headers,
    );
    if (isTaken) this.counts.taken += 1;
    return isTaken;
  }

  #refused(error: unknown): void {
    if (!(error instanceof ClientError) || isThrownBySend(error)) throw error;
    if (this.#isSync) throw this.#ofFuture(error);
    this.counts.refused += 1;
    const { keyStart, keyEnd, valueStart, valueEnd } = this.#parser;
    const keyBytes = keyStart < 0 ? NULL_BYTES : keyEnd - keyStart;
    const valueBytes = valueStart < 0 ? NULL_BYTES : valueEnd - valueStart;
    this.#tell(error, keyBytes, valueBytes);
  }

  /** Java waits for a Future there, which wraps what went wrong. */
  #ofFuture(error: ClientError): Error {
    if (this.#context.manner === 'modern') return error;
    return new ToolError(describeError(error), 'java.util.concurrent.ExecutionException', error);
  }

  /** --sync: each record is acknowledged before the next is read. */
  async #confirm(): Promise<void> {
    this.#lastFailure = undefined;
    await this.#producer!.flush();
    // Assigned by onDelivery meanwhile.
    const failure = this.#lastFailure as ClientError | undefined;
    if (failure !== undefined) throw this.#ofFuture(failure);
  }

  #tell(error: ClientError, keyBytes: number, valueBytes: number): void {
    this.#told += 1;
    if (this.#told > MOST_ERRORS_TOLD) return;
    if (this.#context.manner === 'modern') this.#context.err(error.message);
    else {
      const sizes = `key: ${shownSize(keyBytes)}, value: ${shownSize(valueBytes)}`;
      const what = `Error when sending message to topic ${this.#config.topic} with ${sizes} with error:`;
      logLine(this.#context, 'ERROR', what, CALLBACK_LOGGER, describeChain(error));
    }
    if (this.#told === MOST_ERRORS_TOLD) {
      this.#context.err('Further errors are counted, not shown.');
    }
  }
}

function shownSize(sizeBytes: number): string {
  return sizeBytes < 0 ? 'null' : `${sizeBytes} bytes`;
}
