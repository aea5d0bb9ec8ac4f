// Before transactional records of a Produce request are appended: asks whether their transaction holds the partitions, or
// adds them (KIP-890). Nobody is asked about partitions to which the transaction has written already.
// Kafka: ReplicaManager.handleProduceAppend.

import { VerificationGuard } from '../log/verification-state.ts';
import { ApiError, Errors, errorInfo } from '../protocol/errors.ts';
import type {
  PartitionProduceData,
  ProduceRequest,
  TopicProduceData,
} from '../protocol/generated/apis/produce-request.ts';
import {
  baseSequence,
  CorruptRecordError,
  completeBatchBytes,
  isTransactional,
  producerEpoch,
  producerId,
} from '../records/record-batch.ts';
import type { RequestContext } from './request-context.ts';
import { produceSupport, type TransactionSupport } from './transaction-verifier.ts';

/** A refusal whose words the client is told. */
export class UnverifiedError extends ApiError {}

/** What the partitions of a request may show to their logs. */
export interface VerifiedProduce {
  /** Throws an ApiError when the records must not be appended. */
  guardFor(topic: string, partition: number): VerificationGuard;
}

export const NOTHING_VERIFIED: VerifiedProduce = {
  guardFor: () => VerificationGuard.SENTINEL,
};

export function topicNameOf(topic: TopicProduceData, context: RequestContext): string | undefined {
  if (context.apiVersion < 13) return topic.name;
  return context.services.metadata.topicById(topic.topicId)?.name;
}

/** By the first batch of each partition. One that is no batch at all fails the whole request: throws CORRUPT_MESSAGE. */
export function hasTransactionalRecords({ topicData }: ProduceRequest): boolean {
  return topicData.some(({ partitionData }) => partitionData.some(isTransactionalData));
}

function isTransactionalData({ records }: PartitionProduceData): boolean {
  if (records === null) return false;
  try {
    return completeBatchBytes(records, 0, records.length) > 0 && isTransactional(records, 0);
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    throw new ApiError(Errors.CORRUPT_MESSAGE, error.message, { cause: error });
  }
}

/** Who writes, by the first transactional batch. */
interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** A promise only when somebody has to be asked. Throws INVALID_PRODUCER_ID_MAPPING for records of several producers. */
export function verifyProduce(
  request: ProduceRequest,
  transactionalId: string,
  context: RequestContext,
): VerifiedProduce | Promise<VerifiedProduce> {
  const support = produceSupport(context.apiVersion);
  const { verifier } = context.services;
  if (!verifier.asks(support)) return NOTHING_VERIFIED;
  const verification = new Verification(support);
  for (const topic of request.topicData) {
    const name = topicNameOf(topic, context);
    if (name === undefined) continue;
    for (const data of topic.partitionData) {
      if (isTransactionalData(data)) verification.start(name, data, context);
    }
  }
  const { producer, asked } = verification;
  if (producer === undefined || asked.size === 0) return verification;
  const question = { transactionalId, ...producer, partitions: asked };
  return verifier.verify(question, support).then((errorOf) => {
    verification.finish(errorOf);
    return verification;
  });
}

class Verification implements VerifiedProduce {
  readonly asked = new Map<string, Set<number>>();
  producer: Producer | undefined;
  readonly #support: TransactionSupport;
  readonly #outcomes = new Map<string, VerificationGuard | ApiError>();

  constructor(support: TransactionSupport) {
    this.#support = support;
  }

  start(topic: string, data: PartitionProduceData, { services }: RequestContext): void {
    const records = data.records!;
    const producer = {
      producerId: producerId(records, 0),
      producerEpoch: producerEpoch(records, 0),
    };
    this.#checkProducer(producer);
    const key = keyOf(topic, data.index);
    try {
      const { log } = services.replicas.leading(topic, data.index);
      const guard = log.startTransactionVerification(
        producer.producerId,
        baseSequence(records, 0),
        producer.producerEpoch,
        this.#support === 'add',
      );
      this.#outcomes.set(key, guard);
      if (guard === VerificationGuard.SENTINEL) return;
      const partitions = this.asked.get(topic) ?? new Set();
      this.asked.set(topic, partitions);
      partitions.add(data.index);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#outcomes.set(key, error);
    }
  }

  #checkProducer(producer: Producer): void {
    this.producer ??= producer;
    const isSame =
      this.producer.producerId === producer.producerId &&
      this.producer.producerEpoch === producer.producerEpoch;
    if (isSame) return;
    throw new ApiError(
      Errors.INVALID_PRODUCER_ID_MAPPING,
      'Transactional records contained more than one producer ID',
    );
  }

  finish(errorOf: (topic: string, partition: number) => number): void {
    for (const [topic, partitions] of this.asked) {
      for (const partition of partitions) {
        const code = errorOf(topic, partition);
        if (code === Errors.NONE) continue;
        this.#outcomes.set(keyOf(topic, partition), refusal(code, this.#support));
      }
    }
  }

  guardFor(topic: string, partition: number): VerificationGuard {
    const outcome = this.#outcomes.get(keyOf(topic, partition));
    if (outcome instanceof ApiError) throw outcome;
    return outcome ?? VerificationGuard.SENTINEL;
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** What a coordinator's error means to a producer: the ones it would retry wrongly become one that it retries rightly. */
function refusal(code: number, support: TransactionSupport): ApiError {
  switch (code) {
    case Errors.INVALID_TXN_STATE:
      return new UnverifiedError(code, 'Partition was not added to the transaction');
    case Errors.CONCURRENT_TRANSACTIONS:
      return support === 'add' ? new ApiError(code) : notEnoughReplicas(code);
    case Errors.NETWORK_EXCEPTION:
    case Errors.COORDINATOR_LOAD_IN_PROGRESS:
    case Errors.COORDINATOR_NOT_AVAILABLE:
    case Errors.NOT_COORDINATOR:
      return notEnoughReplicas(code);
    default:
      return new ApiError(code);
  }
}

function notEnoughReplicas(code: number): ApiError {
  return new UnverifiedError(
    Errors.NOT_ENOUGH_REPLICAS,
    `Unable to verify the partition has been added to the transaction. Underlying error: ${errorInfo(code).name}`,
  );
}
