// One connection to one broker: frames, correlation ids, answers in order, request time-outs, idle close.
// Versions were negotiated before it is handed out (open-connection.ts). A time-out or a bad answer ends the connection,
// as in Kafka's NetworkClient; it never reconnects by itself.

import type { Connection, Io, NetworkError, Timer } from '../../io/io.ts';
import { FrameSplitter } from '../../protocol/frame.ts';
import { frameRequest } from '../../protocol/header.ts';
import type { Api, Draft } from '../../protocol/message.ts';
import { Reader } from '../../protocol/reader.ts';
import { type ClientError, DisconnectError, KafkaError } from '../errors.ts';
import { type ApiVersionTable, NO_VERSIONS } from './api-versions.ts';
import { ResponseQueue } from './response-queue.ts';

/** A response larger than this is refused, as Kafka's clients do with a negative or absurd size. */
const LARGEST_RESPONSE_BYTES = 2 ** 31 - 1;

export interface BrokerConnectionOptions {
  readonly io: Io;
  readonly connection: Connection;
  readonly clientId: string;
  /** Closes after so long without a request or an answer; negative is never. */
  readonly maxIdleMs: number;
  /** Called exactly once, when it is gone, after all waiting requests have failed. */
  readonly onClosed: () => void;
}

export class BrokerConnection {
  /** What the broker speaks; set by the negotiation. */
  versions: ApiVersionTable = NO_VERSIONS;
  readonly #io: Io;
  readonly #connection: Connection;
  readonly #clientId: string;
  readonly #maxIdleMs: number;
  readonly #onClosed: () => void;
  readonly #pending = new ResponseQueue();
  readonly #frames: FrameSplitter;
  #nextCorrelationId = 0;
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #lastUseMs: number;
  #isOpen = true;
  #reason: ClientError | undefined;
  #oneWay: { taken: () => void; failed: (error: ClientError) => void }[] = [];

  constructor(options: BrokerConnectionOptions) {
    this.#io = options.io;
    this.#connection = options.connection;
    this.#clientId = options.clientId;
    this.#maxIdleMs = options.maxIdleMs;
    this.#onClosed = options.onClosed;
    this.#lastUseMs = this.#io.clock.monotonicMs();
    this.#frames = new FrameSplitter(LARGEST_RESPONSE_BYTES);
    this.#connection.onData((chunk) => this.#receive(chunk));
    this.#connection.onClose((error) => this.#closed(error));
    this.#connection.onDrain(() => this.#drained());
    this.#armTimer();
  }

  get open(): boolean {
    return this.#isOpen;
  }

  /** Requests that wait for an answer. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /** Nothing waits for an answer, or to be taken by the system. */
  get isIdle(): boolean {
    return this.#pending.size === 0 && this.#oneWay.length === 0;
  }

  /** Of the request that was sent last. */
  get lastCorrelationId(): number {
    return this.#nextCorrelationId === 0 ? 0x7fff_ffff : this.#nextCorrelationId - 1;
  }

  get remote(): string {
    return `${this.#connection.remoteHost}:${this.#connection.remotePort}`;
  }

  /** Sends now; rejects with DisconnectError when the connection ends first. The caller bounds what is in flight. */
  request<Q, R>(api: Api<Q, R>, version: number, request: Draft<Q>, timeoutMs: number): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.send(api, version, request, timeoutMs, resolve, reject);
    });
  }

  /** As request, with callbacks: the producer's and fetcher's way. `answered` runs before the next answer is read. */
  send<Q, R>(
    api: Api<Q, R>,
    version: number,
    request: Draft<Q>,
    timeoutMs: number,
    answered: (response: R) => void,
    failed: (error: ClientError) => void,
  ): void {
    if (!this.#isOpen) {
      failed(this.#reason ?? new DisconnectError('The connection is closed'));
      return;
    }
    const correlationId = this.#takeCorrelationId();
    const frame = frameRequest(api, version, correlationId, this.#clientId, request);
    const headerVersion = api.responseHeaderVersion(version);
    this.#pending.push({
      correlationId,
      apiName: api.name,
      deadlineMs: this.#io.clock.monotonicMs() + timeoutMs,
      answer: (reader) => {
        if (headerVersion >= 1) reader.skipTags();
        answered(api.response.read(reader, version));
      },
      fail: failed,
    });
    this.#write(frame);
    // No time at all: a timer would leave it a millisecond, in which a near broker answers.
    if (timeoutMs <= 0) this.#io.clock.defer(() => this.#giveUpLate());
  }

  /** For what isn't answered (Produce with acks=0). `taken` runs when the system has the bytes. */
  sendOneWay<Q, R>(
    api: Api<Q, R>,
    version: number,
    request: Draft<Q>,
    taken: () => void,
    failed: (error: ClientError) => void,
  ): void {
    if (!this.#isOpen) {
      failed(this.#reason ?? new DisconnectError('The connection is closed'));
      return;
    }
    this.#write(frameRequest(api, version, this.#takeCorrelationId(), this.#clientId, request));
    if (this.#connection.bytesQueued === 0) taken();
    else this.#oneWay.push({ taken, failed });
  }

  /** Ends at once; waiting requests fail with `reason`. Idempotent. */
  close(reason?: ClientError): void {
    this.#reason ??= reason;
    this.#connection.destroy();
    this.#closed(undefined);
  }

  #takeCorrelationId(): number {
    const id = this.#nextCorrelationId;
    this.#nextCorrelationId = id === 0x7fff_ffff ? 0 : id + 1;
    return id;
  }

  #write(frame: readonly Buffer[]): void {
    this.#lastUseMs = this.#io.clock.monotonicMs();
    this.#connection.write(frame);
    this.#armTimer();
  }

  #receive(chunk: Buffer): void {
    if (!this.#isOpen) return;
    this.#lastUseMs = this.#io.clock.monotonicMs();
    try {
      this.#frames.push(chunk);
      for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next()) {
        this.#answer(frame);
        if (!this.#isOpen) return;
      }
    } catch (error) {
      this.close(
        new KafkaError(`The broker ${this.remote} sent an answer that can't be read`, error),
      );
    }
  }

  #answer(frame: Buffer): void {
    const reader = new Reader(frame);
    const correlationId = reader.readInt32('correlationId');
    const request = this.#pending.shift();
    if (request === undefined || request.correlationId !== correlationId) {
      throw new KafkaError(
        `Correlation id for response (${correlationId}) does not match request (${request?.correlationId ?? 'none'})`,
      );
    }
    reader.messageName = request.apiName;
    try {
      request.answer(reader);
    } catch (error) {
      const failure = new KafkaError(
        `Error reading the ${request.apiName} response of ${this.remote}`,
        error,
      );
      request.fail(failure);
      this.close(failure);
    }
  }

  #drained(): void {
    const written = this.#oneWay;
    this.#oneWay = [];
    for (const request of written) request.taken();
  }

  #closed(error: NetworkError | undefined): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    const why = error === undefined ? 'disconnected' : error.code;
    this.#reason ??= new DisconnectError(`Connection to ${this.remote} ended: ${why}`, error);
    this.#pending.failAll(this.#reason);
    const unwritten = this.#oneWay;
    this.#oneWay = [];
    for (const request of unwritten) request.failed(this.#reason);
    this.#onClosed();
  }

  // One timer serves the earliest deadline and the idle limit; it is only set anew when something earlier comes.
  #armTimer(): void {
    const idleDueMs =
      this.#maxIdleMs < 0 ? Number.POSITIVE_INFINITY : this.#lastUseMs + this.#maxIdleMs;
    const dueMs = this.#pending.size === 0 ? idleDueMs : this.#pending.earliestDeadlineMs();
    if (dueMs >= this.#timerDueMs || dueMs === Number.POSITIVE_INFINITY) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    const delayMs = Math.max(0, dueMs - this.#io.clock.monotonicMs());
    this.#timer = this.#io.clock.setTimer(delayMs, () => this.#timeUp(), { background: true });
  }

  #timeUp(): void {
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    if (!this.#isOpen) return;
    if (this.#giveUpLate()) return;
    const nowMs = this.#io.clock.monotonicMs();
    if (
      this.#maxIdleMs >= 0 &&
      this.#pending.size === 0 &&
      this.#lastUseMs + this.#maxIdleMs <= nowMs
    ) {
      this.close(new DisconnectError(`The idle connection to ${this.remote} was closed`));
    } else {
      this.#armTimer();
    }
  }

  /** Ends the connection when a request waited for too long: what came after it may be lost as well. */
  #giveUpLate(): boolean {
    if (!this.#isOpen) return false;
    const late = this.#pending.expired(this.#io.clock.monotonicMs());
    if (late === undefined) return false;
    this.close(
      new DisconnectError(
        `Cancelled ${late.apiName} request with correlation id ${late.correlationId} to ${this.remote} due to request timeout`,
      ),
    );
    return true;
  }
}
