// Admin.forceTerminateTransaction and fenceProducers: a new epoch for the transactional id, which aborts what is open and
// fences whoever has it (KIP-588, KIP-939).

import { Errors } from '../../protocol/errors.ts';
import { INIT_PRODUCER_ID } from '../../protocol/generated/apis/init-producer-id.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions } from '../types.ts';
import { askTransactionCoordinator, type TransactionOperation } from './transaction-call.ts';

const OPERATION: TransactionOperation = {
  handler: 'fenceProducer',
  api: 'INIT_PRODUCER_ID',
  request: 'InitProducerId',
  passing: [Errors.COORDINATOR_LOAD_IN_PROGRESS, Errors.CONCURRENT_TRANSACTIONS],
  told: {
    [Errors.CLUSTER_AUTHORIZATION_FAILED]: 'failed due to cluster authorization failure',
    [Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED]:
      'failed due to transactional ID authorization failure',
  },
};

/** An id that the cluster doesn't know is no error: it is known afterwards. Rejects with ClientError. */
export async function forceTerminateTransaction(
  client: KafkaClient,
  transactionalId: string,
  options: OperationOptions = {},
): Promise<void> {
  // For the coordinator it is the time-out of the append as well.
  const transactionTimeoutMs = options.timeoutMs ?? client.config.network.requestTimeoutMs;
  await askTransactionCoordinator(
    client,
    OPERATION,
    transactionalId,
    options,
    async (call, target) => {
      const request = { transactionalId, transactionTimeoutMs };
      const { errorCode } = await client.request(call, INIT_PRODUCER_ID, request, { target });
      return { errorCode };
    },
  );
}
