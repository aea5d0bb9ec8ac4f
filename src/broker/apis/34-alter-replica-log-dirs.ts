// AlterReplicaLogDirs v1-2 (KIP-113)
//
// Behavior: each partition named is moved to the log directory, in the background; DescribeLogDirs shows how far it is.
// A partition that isn't here yet is put there when it comes (answered with REPLICA_NOT_AVAILABLE, as by Kafka).
//
// Version notes: v2 flexible.

import { ApiError, Errors } from '../../protocol/errors.ts';
import { ALTER_REPLICA_LOG_DIRS } from '../../protocol/generated/apis/alter-replica-log-dirs.ts';
import { errorCodeOf } from '../error-code.ts';
import { handler } from '../handler.ts';
import type { ReplicaManager } from '../replica-manager.ts';

export const alterReplicaLogDirs = handler(ALTER_REPLICA_LOG_DIRS, {
  minVersion: 1,
  maxVersion: 2,
  handle(request, context) {
    const { replicas, log } = context.services;
    const results = new Map<string, { partitionIndex: number; errorCode: number }[]>();
    for (const { path, topics } of request.dirs) {
      for (const { name, partitions } of topics) {
        const answers = results.get(name) ?? [];
        results.set(name, answers);
        for (const partitionIndex of partitions) {
          answers.push({
            partitionIndex,
            errorCode: move(replicas, name, partitionIndex, path, log),
          });
        }
      }
    }
    return {
      results: [...results].map(([topicName, partitions]) => ({ topicName, partitions })),
    };
  },
  failed: (request, errorCode) => ({
    results: request.dirs.flatMap(({ topics }) =>
      topics.map(({ name, partitions }) => ({
        topicName: name,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex, errorCode })),
      })),
    ),
  }),
});

function move(
  replicas: ReplicaManager,
  topic: string,
  index: number,
  logDir: string,
  log: (line: string) => void,
): number {
  try {
    replicas.moveToLogDir(topic, index, logDir);
    return Errors.NONE;
  } catch (error) {
    const isElsewhere = error instanceof ApiError && error.code === Errors.NOT_LEADER_OR_FOLLOWER;
    return isElsewhere ? Errors.REPLICA_NOT_AVAILABLE : errorCodeOf(error, log);
  }
}
