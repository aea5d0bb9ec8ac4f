// InitProducerId v0-5
//
// Behavior: without a transactional id a new producer id of this broker's block, with epoch 0. With one the id that the
// transaction coordinator keeps for it, with the next epoch: whoever had it before is fenced, and its open transaction
// aborted, for which the client is asked to come again (CONCURRENT_TRANSACTIONS).
//
// Version notes:
// v2 is flexible. v3 lets a producer raise its epoch (KIP-360). v4: PRODUCER_FENCED. v5: KIP-890. (v6, KIP-939, is
// unstable and not advertised.)

import { ApiError, Errors } from '../../protocol/errors.ts';
import { INIT_PRODUCER_ID } from '../../protocol/generated/apis/init-producer-id.ts';
import { handler } from '../handler.ts';
import { fenceAsOf } from '../transaction-errors.ts';

/** Before, a fenced producer is told of its epoch. */
const KNOWS_FENCED_SINCE = 4;

export const initProducerId = handler(INIT_PRODUCER_ID, {
  minVersion: 0,
  maxVersion: 5,
  async handle(request, context) {
    const { transactionalId, producerId, producerEpoch } = request;
    // Both or neither, as KafkaApis checks.
    if ((producerId === -1) !== (producerEpoch === -1)) {
      throw new ApiError(Errors.INVALID_REQUEST);
    }
    if (transactionalId === null) {
      return { producerId: await context.services.producerIds.next(), producerEpoch: 0 };
    }
    try {
      return await context.services.transactions.initProducerId({
        transactionalId,
        timeoutMs: request.transactionTimeoutMs,
        expected: producerId === -1 ? undefined : { producerId, producerEpoch },
        isTwoPhaseCommit: request.enable2Pc,
        keepPreparedTransaction: request.keepPreparedTxn,
      });
    } catch (error) {
      throw fenceAsOf(error, context.apiVersion >= KNOWS_FENCED_SINCE);
    }
  },
  failed: (_request, errorCode) => ({ errorCode, producerId: -1, producerEpoch: -1 }),
});
