// Admin.describeTransactions: what its coordinator knows of each transactional id (KIP-664).

import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_TRANSACTIONS } from '../../protocol/generated/apis/describe-transactions.ts';
import type { TransactionState } from '../../protocol/generated/apis/describe-transactions-response.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, Outcome, TransactionDescription } from '../types.ts';
import { clientError, failed } from './outcomes.ts';
import { askTransactionCoordinator, type TransactionOperation } from './transaction-call.ts';

const OPERATION: TransactionOperation = {
  handler: 'describeTransactions',
  api: 'DESCRIBE_TRANSACTIONS',
  request: 'DescribeTransactions',
  passing: [Errors.COORDINATOR_LOAD_IN_PROGRESS],
  told: {
    [Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED]: 'failed due to authorization failure',
    [Errors.TRANSACTIONAL_ID_NOT_FOUND]: 'failed because the ID could not be found',
  },
};

/** Never rejects; by transactional id. */
export async function describeTransactions(
  client: KafkaClient,
  transactionalIds: readonly string[],
  options: OperationOptions = {},
): Promise<Map<string, Outcome<TransactionDescription>>> {
  const asking = [...new Set(transactionalIds)].map(
    async (id): Promise<[string, Outcome<TransactionDescription>]> => {
      try {
        return [id, { value: await describeOne(client, id, options) }];
      } catch (error) {
        return [id, failed(clientError(error))];
      }
    },
  );
  return new Map(await Promise.all(asking));
}

function describeOne(
  client: KafkaClient,
  transactionalId: string,
  options: OperationOptions,
): Promise<TransactionDescription> {
  return askTransactionCoordinator(
    client,
    OPERATION,
    transactionalId,
    options,
    async (call, target) => {
      const request = { transactionalIds: [transactionalId] };
      const response = await client.request(call, DESCRIBE_TRANSACTIONS, request, { target });
      const state = response.transactionStates.find(
        (each) => each.transactionalId === transactionalId,
      );
      // Left out of the answer, it is asked for again.
      if (state === undefined) return { errorCode: Errors.COORDINATOR_LOAD_IN_PROGRESS };
      const { errorCode } = state;
      if (errorCode !== 0) return { errorCode };
      const coordinator = await client.coordinator(call, 'transaction', transactionalId);
      return { errorCode, value: describe(state, coordinator.id) };
    },
  );
}

function describe(state: TransactionState, coordinator: number): TransactionDescription {
  const { transactionState, producerId, producerEpoch, transactionTimeoutMs } = state;
  return {
    coordinator,
    state: transactionState,
    producerId,
    producerEpoch,
    timeoutMs: transactionTimeoutMs,
    startTimeMs: state.transactionStartTimeMs < 0 ? undefined : state.transactionStartTimeMs,
    partitions: state.topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    ),
  };
}
