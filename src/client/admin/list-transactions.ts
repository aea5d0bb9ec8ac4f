// Admin.listTransactions: every broker is asked for the transactional ids that it coordinates (KIP-664, KIP-994, KIP-1152).

import { Errors } from '../../protocol/errors.ts';
import { LIST_TRANSACTIONS } from '../../protocol/generated/apis/list-transactions.ts';
import type { ListTransactionsRequest } from '../../protocol/generated/apis/list-transactions-request.ts';
import type { Draft } from '../../protocol/message.ts';
import { errorOf, UnsupportedVersionError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, TransactionListing } from '../types.ts';

export interface ListTransactionsOptions extends OperationOptions {
  /** Only these; absent: all. */
  readonly producerIds?: readonly number[];
  /** Only those that have been running for longer; negative or absent: all. */
  readonly runningLongerThanMs?: number;
  /** A regular expression of RE2/J. */
  readonly transactionalIdPattern?: string;
}

/** In the order of the brokers and of their answers. Rejects with ClientError when one of the brokers can't be asked. */
export async function listTransactions(
  client: KafkaClient,
  options: ListTransactionsOptions = {},
): Promise<TransactionListing[]> {
  const brokers = await findAllBrokers(client, options);
  const asking = brokers.map((broker) => listOf(client, broker, options));
  return (await Promise.all(asking)).flat();
}

async function findAllBrokers(client: KafkaClient, options: OperationOptions): Promise<number[]> {
  const view = await client.cluster(client.startCall('findAllBrokers', options), true);
  return [...view.nodes.keys()];
}

async function listOf(
  client: KafkaClient,
  broker: number,
  options: ListTransactionsOptions,
): Promise<TransactionListing[]> {
  const call = client.startCall('listTransactions(api=LIST_TRANSACTIONS)', options);
  for (;;) {
    const response = await client.request(
      call,
      LIST_TRANSACTIONS,
      (version) => requestFor(version, options),
      { target: broker },
    );
    const { errorCode } = response;
    if (errorCode === 0) {
      return response.transactionStates.map(({ transactionalId, producerId, transactionState }) => {
        return { transactionalId, producerId, state: transactionState, coordinator: broker };
      });
    }
    const request = `ListTransactions request sent to broker ${broker} failed`;
    if (errorCode === Errors.COORDINATOR_NOT_AVAILABLE) {
      throw errorOf(errorCode, `${request} because the coordinator is shutting down`);
    }
    if (errorCode !== Errors.COORDINATOR_LOAD_IN_PROGRESS) {
      throw errorOf(errorCode, `${request} with an unexpected exception`);
    }
    await call.backOff(errorOf(errorCode));
  }
}

function requestFor(
  version: number,
  options: ListTransactionsOptions,
): Draft<ListTransactionsRequest> {
  const { producerIds = [], runningLongerThanMs = -1, transactionalIdPattern } = options;
  if (version < 1 && runningLongerThanMs >= 0) {
    throw new UnsupportedVersionError(
      'Duration filter can be set only when using API version 1 or higher. If client is connected to an older broker, ' +
        'do not specify duration filter or set duration filter to -1.',
    );
  }
  const hasPattern = transactionalIdPattern !== undefined && transactionalIdPattern !== '';
  if (version < 2 && hasPattern) {
    throw new UnsupportedVersionError(
      'Transactional ID pattern filter can be set only when using API version 2 or higher. If client is connected to an ' +
        'older broker, do not specify the pattern filter.',
    );
  }
  return {
    producerIdFilters: producerIds,
    ...(version >= 1 ? { durationFilter: runningLongerThanMs } : {}),
    ...(hasPattern ? { transactionalIdPattern } : {}),
  };
}
