// The common course of operations on several topics through the controller: one request for all, a result per topic,
// and another round for those with a retriable error or when the controller has moved.

import { Errors } from '../../protocol/errors.ts';
import type { Api } from '../../protocol/message.ts';
import type { ClientError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { RequestFor } from '../net/request-for.ts';
import type { Outcome } from '../types.ts';
import type { Call } from './call.ts';
import { clientError, failed, itemError, missing } from './outcomes.ts';
import { unrepresentableTopic } from './topic-names.ts';

export interface TopicResult {
  readonly name: string | null;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export interface ControllerOperation<Q, R, I extends TopicResult, T> {
  readonly call: Call;
  readonly api: Api<Q, R>;
  readonly names: readonly string[];
  /** The request for the names that are still without a result. */
  readonly request: (names: readonly string[]) => RequestFor<Q>;
  readonly results: (response: R) => readonly I[];
  readonly value: (result: I) => T;
}

/** Never rejects: a failure of the whole call becomes the outcome of every topic without one. */
export async function throughController<Q, R, I extends TopicResult, T>(
  client: KafkaClient,
  operation: ControllerOperation<Q, R, I, T>,
): Promise<Map<string, Outcome<T>>> {
  const outcomes = new Map<string, Outcome<T>>();
  let pending: string[] = [];
  for (const name of operation.names) {
    const refusal = unrepresentableTopic(name);
    if (refusal === undefined) pending.push(name);
    else outcomes.set(name, failed(refusal));
  }
  try {
    while (pending.length > 0) {
      const { call, api } = operation;
      const request = operation.request(pending);
      const response = await client.request(call, api, request, { target: 'controller' });
      const round = settle(operation, pending, response, outcomes);
      pending = round.again;
      if (round.error === undefined) break;
      client.forgetCluster();
      await call.backOff(round.error);
    }
  } catch (error) {
    for (const name of pending) outcomes.set(name, failed(clientError(error)));
  }
  return inOrder(operation.names, outcomes);
}

function settle<Q, R, I extends TopicResult, T>(
  operation: ControllerOperation<Q, R, I, T>,
  pending: readonly string[],
  response: R,
  outcomes: Map<string, Outcome<T>>,
): { again: string[]; error: ClientError | undefined } {
  const left = new Set(pending);
  const again: string[] = [];
  let retryError: ClientError | undefined;
  for (const result of operation.results(response)) {
    const name = result.name ?? '';
    if (!left.delete(name)) continue;
    const error = itemError(result.errorCode, result.errorMessage);
    if (error === undefined) {
      outcomes.set(name, { value: operation.value(result) });
    } else if (
      error.code === Errors.NOT_CONTROLLER ||
      error.code === Errors.THROTTLING_QUOTA_EXCEEDED
    ) {
      again.push(name);
      retryError = error;
    } else {
      outcomes.set(name, failed(error));
    }
  }
  for (const name of left) outcomes.set(name, failed(missing(`topic ${name}`)));
  return { again, error: retryError };
}

function inOrder<T>(
  names: readonly string[],
  outcomes: ReadonlyMap<string, Outcome<T>>,
): Map<string, Outcome<T>> {
  const ordered = new Map<string, Outcome<T>>();
  for (const name of names) ordered.set(name, outcomes.get(name)!);
  return ordered;
}
