// Under which producer id and epoch batches go, and whether they may (KIP-98, KIP-360). Here that of an idempotent producer:
// asked for once, raised when sequences must restart; without idempotence it is ready from the beginning and says -1.
// A transactional producer's is transactions/transaction-manager.ts.

import { Errors } from '../../protocol/errors.ts';
import { INIT_PRODUCER_ID } from '../../protocol/generated/apis/init-producer-id.ts';
import { ClientError, errorOf, KafkaError, TimeoutError } from '../errors.ts';
import { chooseVersion } from '../net/api-versions.ts';
import type { NetworkClient } from '../net/network-client.ts';
import type { PartitionQueue } from './partition-queue.ts';

const LARGEST_EPOCH = 0x7fff;

/** What the sender asks. */
export interface ProducerIdentity {
  readonly isIdempotent: boolean;
  /** null unless the producer is transactional. */
  readonly transactionalId: string | null;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** transaction.version 2: what is produced belongs to the transaction by itself (KIP-890). */
  readonly speaksV2: boolean;
  /** Nothing can be sent any more. */
  readonly fatalError: ClientError | undefined;
  /** Why batches that were never sent must end now. */
  readonly abortReason: ClientError | undefined;
  /** A transaction is at its end: nothing waits for more records. */
  readonly isCompleting: boolean;
  /** Whether batches may be numbered now. */
  ready(): boolean;
  maySendTo(queue: PartitionQueue): boolean;
  bumpEpoch(): void;
  /** A batch ended with an error. */
  batchFailed(error: ClientError): void;
  /** A batch was given up that may have arrived. */
  sequencesUnresolved(): void;
}

export interface IdempotentIdentityOptions {
  readonly isIdempotent: boolean;
  readonly network: NetworkClient;
  readonly requestTimeoutMs: number;
  readonly nowMs: () => number;
  readonly retryDelayMs: (failures: number) => number;
  /** Called when an id was got, or never will be. */
  readonly onChange: () => void;
}

export class IdempotentIdentity implements ProducerIdentity {
  readonly transactionalId = null;
  readonly speaksV2 = false;
  readonly abortReason = undefined;
  readonly isCompleting = false;
  producerId = -1;
  producerEpoch = -1;
  readonly #options: IdempotentIdentityOptions;
  #fatal: ClientError | undefined;
  #isAsking = false;

  constructor(options: IdempotentIdentityOptions) {
    this.#options = options;
  }

  get isIdempotent(): boolean {
    return this.#options.isIdempotent;
  }

  get fatalError(): ClientError | undefined {
    return this.#fatal;
  }

  /** Begins to ask for an id when there is none. */
  ready(): boolean {
    if (!this.#options.isIdempotent || this.producerId >= 0) return true;
    if (!this.#isAsking && this.#fatal === undefined) {
      this.#isAsking = true;
      void this.#acquire();
    }
    return false;
  }

  /** The next epoch; at its end the id is given up and a new one asked for. */
  bumpEpoch(): void {
    if (this.producerEpoch < LARGEST_EPOCH) {
      this.producerEpoch++;
    } else {
      this.producerId = -1;
      this.producerEpoch = -1;
    }
  }

  maySendTo(): boolean {
    return true;
  }

  batchFailed(): void {}

  sequencesUnresolved(): void {}

  async #acquire(): Promise<void> {
    const { network } = this.#options;
    for (let failures = 0; !network.closed && this.#fatal === undefined; failures++) {
      try {
        await this.#ask();
        break;
      } catch (error) {
        if (!(error instanceof ClientError)) this.#fatal = new KafkaError(String(error), error);
        else if (!error.retriable) this.#fatal = named(error);
        else await network.sleep(this.#options.retryDelayMs(failures));
      }
    }
    this.#isAsking = false;
    this.#options.onChange();
  }

  async #ask(): Promise<void> {
    const { network, requestTimeoutMs } = this.#options;
    const connection = await network.connectAny(
      this.#options.nowMs() + requestTimeoutMs,
      () => new TimeoutError('No node answered the request for a producer id'),
    );
    const version = chooseVersion(connection.versions, INIT_PRODUCER_ID);
    const request = { transactionalId: null, transactionTimeoutMs: 0x7fffffff };
    const response = await connection.request(INIT_PRODUCER_ID, version, request, requestTimeoutMs);
    if (response.errorCode !== 0) throw errorOf(response.errorCode);
    this.producerId = response.producerId;
    this.producerEpoch = response.producerEpoch;
  }
}

function named(error: ClientError): ClientError {
  if (error.code !== Errors.CLUSTER_AUTHORIZATION_FAILED) return error;
  return errorOf(error.code, 'The producer is not authorized to do idempotent sends');
}
