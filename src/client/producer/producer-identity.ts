// The producer id and epoch of an idempotent producer (KIP-98, KIP-360): asked for once, raised when sequences must restart.
// Without idempotence it is ready from the beginning and says -1.

import { INIT_PRODUCER_ID } from '../../protocol/generated/apis/init-producer-id.ts';
import { ClientError, errorOf, KafkaError, TimeoutError } from '../errors.ts';
import { chooseVersion } from '../net/api-versions.ts';
import type { NetworkClient } from '../net/network-client.ts';

const LARGEST_EPOCH = 0x7fff;
const CLUSTER_AUTHORIZATION_FAILED = 31;

export interface ProducerIdentityOptions {
  readonly isIdempotent: boolean;
  readonly network: NetworkClient;
  readonly requestTimeoutMs: number;
  readonly nowMs: () => number;
  readonly retryDelayMs: (failures: number) => number;
  /** Called when an id was got, or never will be. */
  readonly onChange: () => void;
}

export class ProducerIdentity {
  producerId = -1;
  producerEpoch = -1;
  private readonly options: ProducerIdentityOptions;
  private fatal: ClientError | undefined;
  private isAsking = false;

  constructor(options: ProducerIdentityOptions) {
    this.options = options;
  }

  get isIdempotent(): boolean {
    return this.options.isIdempotent;
  }

  /** Nothing can be sent any more. */
  get fatalError(): ClientError | undefined {
    return this.fatal;
  }

  /** Whether batches may be numbered now; begins to ask for an id when not. */
  ready(): boolean {
    if (!this.options.isIdempotent || this.producerId >= 0) return true;
    if (!this.isAsking && this.fatal === undefined) {
      this.isAsking = true;
      void this.acquire();
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

  private async acquire(): Promise<void> {
    const { network } = this.options;
    for (let failures = 0; !network.closed && this.fatal === undefined; failures++) {
      try {
        await this.ask();
        break;
      } catch (error) {
        if (!(error instanceof ClientError)) this.fatal = new KafkaError(String(error), error);
        else if (!error.retriable) this.fatal = named(error);
        else await network.sleep(this.options.retryDelayMs(failures));
      }
    }
    this.isAsking = false;
    this.options.onChange();
  }

  private async ask(): Promise<void> {
    const { network, requestTimeoutMs } = this.options;
    const connection = await network.connectAny(
      this.options.nowMs() + requestTimeoutMs,
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
  if (error.code !== CLUSTER_AUTHORIZATION_FAILED) return error;
  return errorOf(error.code, 'The producer is not authorized to do idempotent sends');
}
