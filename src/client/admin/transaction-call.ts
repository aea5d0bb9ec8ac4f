// One operation on one transactional id: asked of its coordinator, again while errors pass or the coordinator has moved
// (CoordinatorStrategy, AdminApiDriver).

import { Errors } from '../../protocol/errors.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient, Target } from '../kafka-client.ts';
import type { OperationOptions } from '../types.ts';
import type { Call } from './call.ts';

export interface TransactionOperation {
  /** Java's name of the handler and of the API that it asks, for time-outs: describeTransactions, DESCRIBE_TRANSACTIONS. */
  readonly handler: string;
  readonly api: string;
  /** Begins what an error says: `DescribeTransactions request for transactionalId `. */
  readonly request: string;
  /** Codes that mean a later try may succeed, at the same coordinator. */
  readonly passing: readonly number[];
  /** How codes are told that this operation knows. */
  readonly told: Readonly<Record<number, string>>;
}

export interface TransactionAnswer<T> {
  readonly errorCode: number;
  readonly value?: T;
}

/** Rejects with the code's error in the operation's words, or the call's time-out. */
export async function askTransactionCoordinator<T>(
  client: KafkaClient,
  operation: TransactionOperation,
  transactionalId: string,
  options: OperationOptions,
  attempt: (call: Call, target: Target) => Promise<TransactionAnswer<T>>,
): Promise<T> {
  const { handler, api, request, passing, told } = operation;
  const lookUp = client.startCall(`${handler}(api=FIND_COORDINATOR)`, options);
  const call = client.startCall(`${handler}(api=${api})`, options);
  const target = { coordinator: 'transaction', key: transactionalId } as const;
  for (;;) {
    await client.coordinator(lookUp, target.coordinator, target.key);
    const { errorCode, value } = await attempt(call, target);
    if (errorCode === 0) return value as T;
    const isMoved =
      errorCode === Errors.NOT_COORDINATOR || errorCode === Errors.COORDINATOR_NOT_AVAILABLE;
    if (isMoved) client.forgetCoordinator(target);
    else if (!passing.includes(errorCode)) {
      const what = told[errorCode] ?? 'failed due to unexpected error';
      throw errorOf(
        errorCode,
        `${request} request for transactionalId \`${transactionalId}\` ${what}`,
      );
    }
    await call.backOff(errorOf(errorCode));
  }
}
