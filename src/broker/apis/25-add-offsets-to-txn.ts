// AddOffsetsToTxn v0-4
//
// Behavior: the partition of __consumer_offsets that holds the group joins the producer's transaction, so that its end
// reaches the offsets that TxnOffsetCommit will bring there.
//
// Version notes:
// v2: PRODUCER_FENCED. v3 is flexible. v4: TRANSACTION_ABORTABLE (KIP-890).

import { GROUP_METADATA_TOPIC } from '../../common/topic-name.ts';
import { ADD_OFFSETS_TO_TXN } from '../../protocol/generated/apis/add-offsets-to-txn.ts';
import { handler } from '../handler.ts';
import { fenceAsOf } from '../transaction-errors.ts';

const KNOWS_FENCED_SINCE = 2;

export const addOffsetsToTxn = handler(ADD_OFFSETS_TO_TXN, {
  minVersion: 0,
  maxVersion: 4,
  async handle(request, context) {
    const { groups, transactions } = context.services;
    const { transactionalId, producerId, producerEpoch, groupId } = request;
    const partition = groups.partitionFor(groupId);
    const partitions = new Map([[GROUP_METADATA_TOPIC, new Set([partition])]]);
    try {
      await transactions.addPartitions(
        { transactionalId, producerId, producerEpoch, partitions },
        0,
      );
      return {};
    } catch (error) {
      throw fenceAsOf(error, context.apiVersion >= KNOWS_FENCED_SINCE);
    }
  },
  failed: (_request, errorCode) => ({ errorCode }),
});
