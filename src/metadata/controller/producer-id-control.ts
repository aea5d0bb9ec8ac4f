// Blocks of producer ids for brokers (ProducerIdControlManager). Pure: a decision about an image.
import { ApiError, Errors } from '../../protocol/errors.ts';
import { type ControlResult, controlResult } from './control-result.ts';
import { type ControllerState, checkBrokerEpoch } from './controller-state.ts';

/** ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE. */
export const PRODUCER_ID_BLOCK_SIZE = 1000;

export interface ProducerIdBlock {
  readonly start: number;
  readonly length: number;
}

/** Throws ApiError. */
export function allocateProducerIds(
  state: ControllerState,
  brokerId: number,
  brokerEpoch: number,
): ControlResult<ProducerIdBlock> {
  checkBrokerEpoch(state.image, brokerId, brokerEpoch);
  const start = state.image.producerIds.nextProducerId;
  const nextProducerId = start + PRODUCER_ID_BLOCK_SIZE;
  if (nextProducerId > Number.MAX_SAFE_INTEGER) {
    throw new ApiError(
      Errors.UNKNOWN_SERVER_ERROR,
      "Exhausted all producerIds as the next block's end producerId has exceeded the int64 type limit",
    );
  }
  return controlResult(
    [{ type: 'ProducerIdsRecord', version: 0, message: { brokerId, brokerEpoch, nextProducerId } }],
    { start, length: PRODUCER_ID_BLOCK_SIZE },
  );
}
