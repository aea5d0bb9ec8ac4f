// What every admin operation and tool talks through: bootstrap, node connections, metadata, retries and time-outs.
// One per process is enough; close() leaves no timer and no socket.

import type { Io } from '../io/io.ts';
import type { Api, Draft } from '../protocol/message.ts';

export interface KafkaClientOptions {
  /** `host:port` each; checked as Kafka's ClientUtils does (ConfigError "Invalid url in bootstrap.servers: …"). */
  readonly bootstrapServers: readonly string[];
  /** Java client properties; unknown names are ignored. */
  readonly config?: ReadonlyMap<string, string>;
  readonly io: Io;
  /** client.id of the properties wins; then this; then `adminclient-1`. */
  readonly clientId?: string;
}

/** Which broker a request goes to. */
export type Target =
  | number
  | 'any'
  | 'controller'
  | { readonly coordinator: 'group' | 'transaction' | 'share'; readonly key: string };

export interface SendOptions {
  readonly target?: Target;
  /** Java's call name, for time-out texts. */
  readonly callName: string;
  /** For all tries together. */
  readonly timeoutMs?: number;
  readonly minVersion?: number;
  readonly maxVersion?: number;
}

export class KafkaClient {
  readonly io: Io;
  constructor(options: KafkaClientOptions) {
    this.io = options.io;
  }
  /** Sends until answered, retried or timed out; the response's error codes are the caller's business. */
  send<Q, R>(_api: Api<Q, R>, _request: Draft<Q>, _options: SendOptions): Promise<R> {
    throw new Error('signature only');
  }
  /** Idempotent; pending calls reject. */
  async close(): Promise<void> {}
}
