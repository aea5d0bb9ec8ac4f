// Whether a batch of a transaction that was refused is sent again (TransactionManager.canRetry). Where it isn't, the
// transaction can only be aborted; an idempotent producer would begin a new epoch instead.

import { Errors } from '../../../protocol/errors.ts';
import type { PartitionProduceResponse } from '../../../protocol/generated/apis/produce-response.ts';
import type { ClientError } from '../../errors.ts';
import type { ProducerBatch } from '../producer-batch.ts';
import type { ProducerIdentity } from '../producer-identity.ts';

/** May number the partition's batches anew. */
export function mayRetryInTransaction(
  batch: ProducerBatch,
  answer: PartitionProduceResponse,
  error: ClientError,
  identity: ProducerIdentity,
): boolean {
  const { queue } = batch;
  if (answer.errorCode === Errors.UNKNOWN_PRODUCER_ID) {
    // Without the log's start nothing can be told; once numbered anew, the answers to the old numbers mean nothing.
    if (answer.logStartOffset === -1 || batch.wasRenumbered) return true;
    if (queue.lastAckedOffset >= answer.logStartOffset) return false;
    // Our records were deleted, and with them what the broker knew of us: no reason to abort.
    queue.restartSequences(identity.producerId, identity.producerEpoch);
    return true;
  }
  if (answer.errorCode === Errors.OUT_OF_ORDER_SEQUENCE_NUMBER) {
    // Behind another one that failed this is no surprise.
    const isFirst = queue.unacknowledged[0] === batch;
    return !queue.isUnresolved && (batch.wasRenumbered || !isFirst);
  }
  return error.retriable;
}
