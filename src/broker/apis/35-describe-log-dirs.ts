// DescribeLogDirs v1-5
//
// Behavior: the log directories, with the partitions asked for (or all) and their sizes.
//
// Version notes: v2 flexible; v3 an error at the top; v4 sizes of the volume (KIP-827); v5 cordoned (KIP-1066).

import { resolve } from 'node:path';
import type { Disk } from '../../io/io.ts';
import { diskFailure } from '../../log/log-errors.ts';
import { isCordonedLogDirsSupported } from '../../metadata/metadata-version.ts';
import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_LOG_DIRS } from '../../protocol/generated/apis/describe-log-dirs.ts';
import type { DescribableLogDirTopic } from '../../protocol/generated/apis/describe-log-dirs-request.ts';
import type {
  DescribeLogDirsPartition,
  DescribeLogDirsResult,
} from '../../protocol/generated/apis/describe-log-dirs-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { handler } from '../handler.ts';
import type { ReplicaManager } from '../replica-manager.ts';

export const describeLogDirs = handler(DESCRIBE_LOG_DIRS, {
  minVersion: 1,
  maxVersion: 5,
  handle(request, context) {
    const { replicas, io, metadata } = context.services;
    const wanted = wantedPartitions(request.topics);
    const canBeCordoned = isCordonedLogDirsSupported(metadata.image.features.metadataVersion);
    return {
      results: replicas.logs.logDirs.map((path) => {
        const result = describe(path, replicas, io.disk, wanted);
        // Before 4.3-IV0 it isn't told.
        return canBeCordoned ? result : { ...result, isCordoned: false };
      }),
    };
  },
});

function describe(
  path: string,
  replicas: ReplicaManager,
  disk: Disk,
  wanted: ReadonlyMap<string, ReadonlySet<number>> | undefined,
): Draft<DescribeLogDirsResult> {
  const { logs } = replicas;
  const offline = { logDir: resolve(path), errorCode: Errors.KAFKA_STORAGE_ERROR };
  if (!logs.isOnline(path)) return offline;
  const topics = new Map<string, DescribeLogDirsPartition[]>();
  for (const { topic, index, log } of replicas.partitions()) {
    if (wanted !== undefined && !wanted.get(topic)?.has(index)) continue;
    const move = logs.moves.of(log);
    const isFutureKey = move?.logDir === path;
    if (logs.logDirOf(log) !== path && !isFutureKey) continue;
    const partitions = topics.get(topic) ?? [];
    topics.set(topic, partitions);
    partitions.push({
      partitionIndex: index,
      partitionSize: isFutureKey ? move.future.sizeBytes : log.sizeBytes,
      offsetLag: isFutureKey ? move.offsetLag : 0,
      isFutureKey,
    });
  }
  try {
    return {
      logDir: resolve(path),
      ...disk.space(path),
      isCordoned: logs.isCordoned(path),
      topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
    };
  } catch (error) {
    const failure = diskFailure(error);
    if (failure !== undefined) logs.diskFailed(failure);
    return offline;
  }
}

/** undefined: all of them. */
function wantedPartitions(
  topics: readonly DescribableLogDirTopic[] | null,
): Map<string, Set<number>> | undefined {
  if (topics === null) return undefined;
  return new Map(topics.map(({ topic, partitions }) => [topic, new Set(partitions)]));
}
