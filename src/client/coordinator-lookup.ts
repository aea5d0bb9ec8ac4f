// Which broker coordinates a group, a transactional id or a share partition (FindCoordinator, batched since KIP-699).

import { FIND_COORDINATOR } from '../protocol/generated/apis/find-coordinator.ts';
import type { Call } from './admin/call.ts';
import { errorOf } from './errors.ts';
import type { KafkaClient } from './kafka-client.ts';
import type { Node } from './types.ts';

export type CoordinatorKind = 'group' | 'transaction' | 'share';

const KEY_TYPES = { group: 0, transaction: 1, share: 2 } as const;

/** Waits while the coordinator isn't available yet; rejects with the code's error or the call's time-out. */
export async function findCoordinator(
  client: KafkaClient,
  call: Call,
  kind: CoordinatorKind,
  key: string,
): Promise<Node> {
  const keyType = KEY_TYPES[kind];
  for (;;) {
    const response = await client.request(
      call,
      FIND_COORDINATOR,
      (version) =>
        version >= 4
          ? { keyType, coordinatorKeys: [key] }
          : version >= 1
            ? { keyType, key }
            : { key },
      { minVersion: kind === 'group' ? 0 : 1 },
    );
    const found = response.coordinators[0] ?? response;
    if (found.errorCode === 0) {
      return { id: found.nodeId, host: found.host, port: found.port, rack: null };
    }
    const error = errorOf(found.errorCode, found.errorMessage);
    if (!error.retriable) throw error;
    await call.backOff(error);
  }
}
