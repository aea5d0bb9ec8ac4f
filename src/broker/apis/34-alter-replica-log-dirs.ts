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

const UUID_DIGITS = 32;
const MAX_FOLDER_NAME_LENGTH = 255;

export const alterReplicaLogDirs = handler(ALTER_REPLICA_LOG_DIRS, {
  minVersion: 1,
  maxVersion: 2,
  handle(request, context) {
    const { replicas, log } = context.services;
    // The directory that is named last for a partition is the one that is meant.
    const wanted = new Map<string, Map<number, string>>();
    for (const { path, topics } of request.dirs) {
      for (const { name, partitions } of topics) {
        const paths = wanted.get(name) ?? new Map<number, string>();
        for (const partition of partitions) paths.set(partition, path);
        if (paths.size > 0) wanted.set(name, paths);
      }
    }
    return {
      results: [...wanted].map(([topicName, paths]) => ({
        topicName,
        partitions: [...paths].map(([partitionIndex, path]) => ({
          partitionIndex,
          errorCode: move(replicas, topicName, partitionIndex, path, log),
        })),
      })),
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
    checkFutureName(topic, index);
    replicas.moveToLogDir(topic, index, logDir);
    return Errors.NONE;
  } catch (error) {
    const isElsewhere = error instanceof ApiError && error.code === Errors.NOT_LEADER_OR_FOLLOWER;
    return isElsewhere ? Errors.REPLICA_NOT_AVAILABLE : errorCodeOf(error, log);
  }
}

/** The folder of a partition on its way has a longer name than the one it leaves (LocalLog.logFutureDirName). */
function checkFutureName(topic: string, index: number): void {
  const future = `${topic}-${index}.${'0'.repeat(UUID_DIGITS)}-future`;
  if (future.length > MAX_FOLDER_NAME_LENGTH) throw new ApiError(Errors.INVALID_TOPIC_EXCEPTION);
}
