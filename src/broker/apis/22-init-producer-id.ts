// InitProducerId v0-5
//
// Behavior: a new producer id of this broker's block with epoch 0. A transactional id needs the transaction
// coordinator, which kafta has not yet: it is refused with an error that producers don't retry.
//
// Version notes:
// v2 is flexible. v3 lets a producer raise its epoch (KIP-360). v4: PRODUCER_FENCED. v5: KIP-890. (v6, KIP-939, is
// unstable and not advertised.)

import { ApiError, Errors } from '../../protocol/errors.ts';
import { INIT_PRODUCER_ID } from '../../protocol/generated/apis/init-producer-id.ts';
import { handler } from '../handler.ts';

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
    if (transactionalId === '') throw new ApiError(Errors.INVALID_REQUEST);
    throw new ApiError(Errors.UNSUPPORTED_VERSION);
  },
  failed: (_request, errorCode) => ({ errorCode, producerId: -1, producerEpoch: -1 }),
});
