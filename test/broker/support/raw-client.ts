// A client of generated messages over one socket, for tests that look at what the broker says byte by byte.
// It retries nothing and knows nothing of Kafka's rules.

import { connect, type Socket } from 'node:net';
import { FrameSplitter } from '../../../src/protocol/frame.ts';
import { frameRequest } from '../../../src/protocol/header.ts';
import type { Api, Draft } from '../../../src/protocol/message.ts';
import { Reader } from '../../../src/protocol/reader.ts';

/** The broker closed the connection instead of answering. */
export class ClosedError extends Error {}

export class RawClient {
  readonly socket: Socket;
  /** Resolves when the connection has ended, from either side. */
  readonly closed: Promise<void>;
  readonly #splitter = new FrameSplitter();
  readonly #waiting: { take: (frame: Buffer) => void; lose: (error: Error) => void }[] = [];
  #nextId = 1;

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawClient(socket);
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.#received(chunk));
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        for (const { lose } of this.#waiting) lose(new ClosedError('the connection was closed'));
        resolve();
      });
    });
  }

  /** Sends and waits; rejects with ClosedError when the broker closes the connection. */
  send<Q, R>(api: Api<Q, R>, version: number, request: Draft<Q>, clientId = 'test'): Promise<R> {
    return this.answer(
      (reader) => {
        reader.readInt32('correlationId');
        if (api.responseHeaderVersion(version) >= 1) reader.skipTags();
        return api.response.read(reader, version);
      },
      frameRequest(api, version, this.#nextId++, clientId, request),
    );
  }

  /** Sends without waiting for anything: acks=0, or bytes that are no request. */
  write(bytes: readonly Buffer[] | Buffer): void {
    for (const chunk of Buffer.isBuffer(bytes) ? [bytes] : bytes) this.socket.write(chunk);
  }

  post<Q, R>(api: Api<Q, R>, version: number, request: Draft<Q>): void {
    this.write(frameRequest(api, version, this.#nextId++, 'test', request));
  }

  /** The next frame that comes, read by `read`. */
  answer<R>(read: (reader: Reader) => R, bytes: readonly Buffer[] | Buffer): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        take: (frame) => {
          try {
            resolve(read(new Reader(frame)));
          } catch (error) {
            reject(error as Error);
          }
        },
        lose: reject,
      });
      this.write(bytes);
    });
  }

  close(): Promise<void> {
    this.socket.destroy();
    return this.closed;
  }

  #received(chunk: Buffer): void {
    this.#splitter.push(chunk);
    for (let frame = this.#splitter.next(); frame !== undefined; frame = this.#splitter.next()) {
      this.#waiting.shift()?.take(frame);
    }
  }
}
