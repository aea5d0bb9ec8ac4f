// DescribeTransactions v0
//
// Behavior: what the coordinator knows of each transactional id (KIP-664); one that it doesn't know is an error of its own.

import { statusName } from '../../coordinator/transaction/transaction-state.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { DESCRIBE_TRANSACTIONS } from '../../protocol/generated/apis/describe-transactions.ts';
import type { TransactionState } from '../../protocol/generated/apis/describe-transactions-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { errorCodeOf } from '../error-code.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';

export const describeTransactions = handler(DESCRIBE_TRANSACTIONS, {
  minVersion: 0,
  maxVersion: 0,
  async handle(request, context) {
    const states = request.transactionalIds.map((id) => describe(id, context));
    return { transactionStates: await Promise.all(states) };
  },
  failed: (request, errorCode) => ({
    transactionStates: request.transactionalIds.map((transactionalId) => ({
      transactionalId,
      errorCode,
    })),
  }),
});

async function describe(
  transactionalId: string,
  { services }: RequestContext,
): Promise<Draft<TransactionState>> {
  try {
    const state = await services.transactions.describe(transactionalId);
    if (state === undefined) throw new ApiError(Errors.TRANSACTIONAL_ID_NOT_FOUND);
    return {
      transactionalId,
      producerId: state.producerId,
      producerEpoch: state.producerEpoch,
      transactionState: statusName(state.status),
      transactionTimeoutMs: state.timeoutMs,
      transactionStartTimeMs: state.startMs,
      topics: [...state.partitions].map(([topic, partitions]) => ({
        topic,
        partitions: [...partitions],
      })),
    };
  } catch (error) {
    return { transactionalId, errorCode: errorCodeOf(error, services.log) };
  }
}
