// ListTransactions v0-2
//
// Behavior: the transactional ids whose coordinator this broker is, by state, producer id, age and pattern (KIP-664).
//
// Version notes:
// v1: transactions that are open for longer than so many ms (KIP-994). v2: a regular expression for the ids (KIP-1152).

import { compileRe2, loadRegexEngine } from '../../coordinator/re2.ts';
import {
  isStatusName,
  statusName,
  type TransactionState,
} from '../../coordinator/transaction/transaction-state.ts';
import { LIST_TRANSACTIONS } from '../../protocol/generated/apis/list-transactions.ts';
import type { ListTransactionsRequest } from '../../protocol/generated/apis/list-transactions-request.ts';
import { handler } from '../handler.ts';

export const listTransactions = handler(LIST_TRANSACTIONS, {
  minVersion: 0,
  maxVersion: 2,
  async handle(request, context) {
    const { transactions, io } = context.services;
    const { transactionalIdPattern } = request;
    if (transactionalIdPattern) await loadRegexEngine();
    const pattern = transactionalIdPattern
      ? compileRe2(transactionalIdPattern, 'Transaction ID pattern')
      : undefined;
    const found = await transactions.list(wanted(request, pattern, io.clock.nowMs()));
    return {
      unknownStateFilters: [...new Set(request.stateFilters)].filter((name) => !isStatusName(name)),
      transactionStates: found.map(({ transactionalId, producerId, status }) => ({
        transactionalId,
        producerId,
        transactionState: statusName(status),
      })),
    };
  },
  failed: (_request, errorCode) => ({ errorCode }),
});

function wanted(
  request: ListTransactionsRequest,
  pattern: { matches(name: string): boolean } | undefined,
  nowMs: number,
): (state: TransactionState) => boolean {
  const states = new Set(request.stateFilters);
  const producerIds = new Set(request.producerIdFilters);
  const { durationFilter } = request;
  return ({ transactionalId, producerId, status, startMs }) =>
    (producerIds.size === 0 || producerIds.has(producerId)) &&
    (states.size === 0 || states.has(statusName(status))) &&
    (durationFilter < 0 || nowMs - startMs > durationFilter) &&
    (pattern === undefined || pattern.matches(transactionalId));
}
