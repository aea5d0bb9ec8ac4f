// One operation on one group: asked of its coordinator, again while errors pass or the coordinator has moved
// (CoordinatorStrategy, AdminApiDriver).

import { Errors } from '../../protocol/errors.ts';
import { type ClientError, errorOf } from '../errors.ts';
import type { KafkaClient, Target } from '../kafka-client.ts';
import type { OperationOptions } from '../types.ts';
import type { Call } from './call.ts';

/** What of the answer isn't done yet: a retriable error of the group, undefined when all is. */
export interface GroupAnswer<T> {
  readonly value?: T;
  readonly errorCode: number;
  readonly errorMessage?: string | null;
}

/** Java's handler and the API that it asks, as time-outs name them: `offsetFetch(api=OFFSET_FETCH)`. */
export interface GroupOperation {
  readonly handler: string;
  readonly api: string;
}

/** Rejects with the group's error or the call's time-out. */
export async function askCoordinator<T>(
  client: KafkaClient,
  operation: GroupOperation,
  groupId: string,
  options: OperationOptions,
  attempt: (call: Call, target: Target) => Promise<GroupAnswer<T>>,
): Promise<T> {
  const lookUp = client.startCall(`${operation.handler}(api=FIND_COORDINATOR)`, options);
  const call = client.startCall(`${operation.handler}(api=${operation.api})`, options);
  const target = { coordinator: 'group', key: groupId } as const;
  for (;;) {
    await client.coordinator(lookUp, target.coordinator, target.key);
    const answer = await attempt(call, target);
    if (answer.errorCode === 0) return answer.value as T;
    const error = groupError(answer.errorCode, groupId, answer.errorMessage);
    if (!isPassing(error)) throw error;
    if (error.code !== Errors.COORDINATOR_LOAD_IN_PROGRESS) client.forgetCoordinator(target);
    await call.backOff(error);
  }
}

export function groupError(code: number, groupId: string, message?: string | null): ClientError {
  if (code !== Errors.GROUP_AUTHORIZATION_FAILED) return errorOf(code, message);
  return errorOf(code, `Not authorized to access group: ${groupId}`);
}

export function isPassing({ code }: ClientError): boolean {
  return (
    code === Errors.COORDINATOR_LOAD_IN_PROGRESS ||
    code === Errors.COORDINATOR_NOT_AVAILABLE ||
    code === Errors.NOT_COORDINATOR
  );
}
