// FindCoordinator v0-6
//
// Behavior: the broker that leads the group's partition of __consumer_offsets, the transactional id's of
// __transaction_state or the share partition's (`group:topicId:partition`) of __share_group_state; the topic is created
// when it isn't there yet: this answer waits for it.
//
// Version notes:
// v1 key type; v3 flexible; v4 several keys (KIP-699); v5 KIP-890; v6 share groups (KIP-932).

import { coordinatorPartitionFor } from '../../common/java-hash.ts';
import {
  GROUP_METADATA_TOPIC,
  SHARE_STATE_TOPIC,
  TRANSACTION_STATE_TOPIC,
} from '../../common/topic-name.ts';
import { Errors, errorInfo } from '../../protocol/errors.ts';
import { FIND_COORDINATOR } from '../../protocol/generated/apis/find-coordinator.ts';
import { handler } from '../handler.ts';
import type { RequestContext } from '../request-context.ts';

const GROUP = 0;
const TRANSACTION = 1;
const SHARE = 2;

/** A group, a topic's id and a partition. */
const SHARE_KEY = /^.+:[A-Za-z0-9_-]{22}:-?\d+$/s;

interface Found {
  readonly errorCode: number;
  readonly errorMessage?: string;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export const findCoordinator = handler(FIND_COORDINATOR, {
  minVersion: 0,
  maxVersion: 6,
  async handle(request, context) {
    const { apiVersion } = context;
    if (apiVersion >= 4) {
      const coordinators = [];
      for (const key of request.coordinatorKeys) {
        coordinators.push({ key, ...(await find(key, request.keyType, context)) });
      }
      return { coordinators };
    }
    const found = await find(request.key, request.keyType, context);
    const errorMessage = found.errorMessage ?? errorInfo(found.errorCode).message ?? 'NONE';
    return { ...found, errorMessage };
  },
  failed: (request, errorCode, errorMessage) =>
    request.coordinatorKeys.length > 0
      ? {
          coordinators: request.coordinatorKeys.map((key) => ({
            key,
            ...nowhere(errorCode),
            errorMessage,
          })),
        }
      : { ...nowhere(errorCode), errorMessage },
});

async function find(key: string, keyType: number, context: RequestContext): Promise<Found> {
  if (keyType === GROUP) return findIn(GROUP_METADATA_TOPIC, key, context);
  if (keyType === TRANSACTION) return findIn(TRANSACTION_STATE_TOPIC, key, context);
  if (keyType === SHARE) {
    const isServed = context.apiVersion >= 6 && SHARE_KEY.test(key);
    if (isServed) return findIn(SHARE_STATE_TOPIC, key, context);
    if (context.apiVersion >= 4) return { ...nowhere(Errors.INVALID_REQUEST), errorMessage: '' };
  }
  const errorCode = Errors.INVALID_REQUEST;
  return { ...nowhere(errorCode), errorMessage: errorInfo(errorCode).message ?? '' };
}

async function findIn(name: string, key: string, context: RequestContext): Promise<Found> {
  const { metadata, topicCreation } = context.services;
  if (metadata.topic(name) === undefined) await topicCreation.request([name]);
  const topic = metadata.topic(name);
  if (topic === undefined) return nowhere(Errors.COORDINATOR_NOT_AVAILABLE);
  const partition = topic.partitions[coordinatorPartitionFor(key, topic.partitions.length)];
  const leader = partition?.leader ?? -1;
  const endpoint = metadata.endpoint(leader, context.listenerName);
  if (endpoint === undefined) return nowhere(Errors.COORDINATOR_NOT_AVAILABLE);
  const { nodeId, host, port } = endpoint;
  return { errorCode: Errors.NONE, nodeId, host, port };
}

function nowhere(errorCode: number): Found {
  return { errorCode, nodeId: -1, host: '', port: -1 };
}
