// Brings a transactional producer's requests to their coordinators, one at a time: finds the coordinator, sends, and sends
// again while the cluster says so (the transactional half of Kafka's Sender). Knows nothing of transactions.

import type { Io } from '../../../io/io.ts';
import { UnsupportedVersionError as CodecVersionError } from '../../../protocol/codec-errors.ts';
import { Errors } from '../../../protocol/errors.ts';
import { FIND_COORDINATOR } from '../../../protocol/generated/apis/find-coordinator.ts';
import {
  ClientError,
  DisconnectError,
  errorOf,
  KafkaError,
  TimeoutError,
  UnsupportedVersionError,
} from '../../errors.ts';
import { type ApiVersionTable, chooseVersion } from '../../net/api-versions.ts';
import type { BrokerConnection } from '../../net/broker-connection.ts';
import type { NetworkClient } from '../../net/network-client.ts';
import type { Node } from '../../types.ts';

/** What an answer means for the request: it has its end, is to be sent again, or again to another broker. */
export type Verdict = 'done' | 'again' | 'elsewhere';

export interface CoordinatorRequest {
  readonly coordinator: 'transaction' | 'group';
  /** The transactional id or the group. */
  readonly key: string;
  /** Lower goes first. */
  readonly priority: number;
  /** Goes only when every batch has its end. */
  readonly endsTransaction: boolean;
  /** How often it was sent in vain. */
  tries: number;
  /** Instead of retry.backoff.ms. */
  retryDelayMs: number | undefined;
  /** Sends it once and takes the answer in. Rejects when there was none. */
  exchange(connection: BrokerConnection, timeoutMs: number): Promise<Verdict>;
  /** Its end without an answer. */
  fail(error: ClientError): void;
}

export interface CoordinatorLaneOptions {
  readonly io: Io;
  readonly network: NetworkClient;
  readonly requestTimeoutMs: number;
  readonly retryDelayMs: (failures: number) => number;
  /** The request that may go now; undefined until the next wake. */
  readonly next: () => CoordinatorRequest | undefined;
  /** Puts back what must be sent again. */
  readonly putBack: (request: CoordinatorRequest) => void;
  readonly onAbortable: (error: ClientError) => void;
  readonly onFatal: (error: ClientError) => void;
}

const KEY_TYPES = { group: 0, transaction: 1 } as const;

export class CoordinatorLane {
  readonly #options: CoordinatorLaneOptions;
  readonly #nodes = new Map<string, Node>();
  /** What the coordinators speak, as the last connection told. */
  #known: ApiVersionTable | undefined;
  #isRunning = false;
  #isScheduled = false;

  constructor(options: CoordinatorLaneOptions) {
    this.#options = options;
  }

  get versions(): ApiVersionTable | undefined {
    return this.#known;
  }

  /** Looks for something to send once the current events are over. */
  wake(): void {
    if (this.#isScheduled || this.#isRunning || this.#options.network.closed) return;
    this.#isScheduled = true;
    this.#options.io.clock.defer(() => {
      this.#isScheduled = false;
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    const { network, next, putBack } = this.#options;
    this.#isRunning = true;
    while (!network.closed) {
      const request = next();
      if (request === undefined) break;
      const verdict = await this.#attempt(request);
      if (verdict === 'elsewhere') this.#nodes.delete(nameOf(request));
      if (verdict === 'done') continue;
      request.tries++;
      if (network.closed) request.fail(closedForcefully());
      else putBack(request);
    }
    this.#isRunning = false;
  }

  /** One try. Never rejects: what ends the transaction or the producer is told, and the request comes up once more. */
  async #attempt(request: CoordinatorRequest): Promise<Verdict> {
    const { network, requestTimeoutMs, retryDelayMs, onFatal } = this.#options;
    try {
      if (request.tries > 0) {
        await network.sleep(request.retryDelayMs ?? retryDelayMs(request.tries - 1));
      }
      const deadlineMs = this.#options.io.clock.monotonicMs() + requestTimeoutMs;
      const node = this.#nodes.get(nameOf(request)) ?? (await this.#find(request, deadlineMs));
      if (node === undefined) return 'again';
      const timedOut = () => new TimeoutError(`The ${request.coordinator} coordinator is away`);
      const connection = await network.connect(node, 'data', deadlineMs, timedOut);
      if (request.coordinator === 'transaction') this.#known = connection.versions;
      return await request.exchange(connection, requestTimeoutMs);
    } catch (error) {
      if (error instanceof DisconnectError || error instanceof TimeoutError) return 'elsewhere';
      if (!network.closed) onFatal(asClientError(error));
      return 'again';
    }
  }

  /** undefined when it can't be told now, or never (which was reported). */
  async #find(request: CoordinatorRequest, deadlineMs: number): Promise<Node | undefined> {
    const { network, requestTimeoutMs } = this.#options;
    const { coordinator, key } = request;
    const timedOut = () => new TimeoutError('No node answered a coordinator request');
    const connection = await network.connectAny(deadlineMs, timedOut);
    const version = chooseVersion(connection.versions, FIND_COORDINATOR, { minVersion: 1 });
    const keyType = KEY_TYPES[coordinator];
    const draft = version >= 4 ? { keyType, coordinatorKeys: [key] } : { keyType, key };
    const response = await connection.request(FIND_COORDINATOR, version, draft, requestTimeoutMs);
    const found = version >= 4 ? response.coordinators[0] : response;
    if (found === undefined) throw new KafkaError('A coordinator request got an empty answer');
    if (found.errorCode !== 0) {
      this.#refused(request, errorOf(found.errorCode), found.errorMessage);
      return undefined;
    }
    const node = { id: found.nodeId, host: found.host, port: found.port, rack: null };
    this.#nodes.set(nameOf(request), node);
    return node;
  }

  /** TransactionManager.FindCoordinatorHandler. */
  #refused(request: CoordinatorRequest, error: ClientError, message: string | null): void {
    const { onAbortable, onFatal } = this.#options;
    const { coordinator, key } = request;
    if (error.retriable) return;
    if (error.code === Errors.GROUP_AUTHORIZATION_FAILED) {
      onAbortable(errorOf(error.code, `Not authorized to access group: ${key}`));
    } else if (error.code === Errors.TRANSACTION_ABORTABLE) {
      onAbortable(error);
    } else if (error.code === Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED) {
      onFatal(error);
    } else {
      const type = coordinator.toUpperCase();
      onFatal(
        new KafkaError(
          `Could not find a coordinator with type ${type} with key ${key} due to unexpected error: ${message}`,
        ),
      );
    }
  }
}

/** What a producer's end leaves of its requests. */
export function closedForcefully(): ClientError {
  return new KafkaError('The producer closed forcefully');
}

function nameOf(request: CoordinatorRequest): string {
  return `${request.coordinator} ${request.key}`;
}

function asClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof CodecVersionError) return new UnsupportedVersionError(error.message);
  return new KafkaError(String(error), error);
}
