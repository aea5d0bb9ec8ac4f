// EndTxn v0-5
//
// Behavior: commits or aborts the producer's transaction. The answer comes when the decision is in the log; the markers
// follow by themselves.
//
// Version notes:
// v2: PRODUCER_FENCED. v3 is flexible. v4: TRANSACTION_ABORTABLE. v5 raises the epoch and tells the one to go on with
// (KIP-890, transaction.version 2).

import { EPOCH_BUMP_VERSION } from '../../coordinator/transaction/transitions.ts';
import { END_TXN } from '../../protocol/generated/apis/end-txn.ts';
import { handler } from '../handler.ts';
import { fenceAsOf } from '../transaction-errors.ts';

const KNOWS_FENCED_SINCE = 2;
const BUMPS_EPOCH_SINCE = 5;

export const endTxn = handler(END_TXN, {
  minVersion: 0,
  maxVersion: 5,
  async handle(request, context) {
    const { transactionalId, producerId, producerEpoch, committed } = request;
    const bumpsEpoch = context.apiVersion >= BUMPS_EPOCH_SINCE;
    try {
      const after = await context.services.transactions.endTransaction(transactionalId, {
        producerId,
        producerEpoch,
        commit: committed,
        clientVersion: bumpsEpoch ? EPOCH_BUMP_VERSION : 0,
      });
      return bumpsEpoch ? after : {};
    } catch (error) {
      throw fenceAsOf(error, context.apiVersion >= KNOWS_FENCED_SINCE);
    }
  },
  failed: (_request, errorCode) => ({ errorCode }),
});
