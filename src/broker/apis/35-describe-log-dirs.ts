// DescribeLogDirs v1-5
//
// Behavior: the log directories, with the partitions asked for (or all) and their sizes.
//
// Version notes: v2 flexible; v3 an error at the top; v4 sizes of the volume (KIP-827); v5 cordoned (KIP-1066).

import { resolve } from 'node:path';
import { DESCRIBE_LOG_DIRS } from '../../protocol/generated/apis/describe-log-dirs.ts';
import type { DescribableLogDirTopic } from '../../protocol/generated/apis/describe-log-dirs-request.ts';
import { handler } from '../handler.ts';
import type { Partition } from '../partition.ts';

export const describeLogDirs = handler(DESCRIBE_LOG_DIRS, {
  minVersion: 1,
  maxVersion: 5,
  handle(request, context) {
    const { replicas, io } = context.services;
    const wanted = wantedPartitions(request.topics);
    const byDirectory = new Map<string, Map<string, Partition[]>>();
    for (const path of replicas.logs.logDirs) byDirectory.set(path, new Map());
    for (const partition of replicas.partitions()) {
      if (wanted !== undefined && !wanted.get(partition.topic)?.has(partition.index)) continue;
      const topics = byDirectory.get(replicas.logs.logDirOf(partition.log) ?? '');
      if (topics === undefined) continue;
      const partitions = topics.get(partition.topic) ?? [];
      topics.set(partition.topic, partitions);
      partitions.push(partition);
    }
    return {
      results: [...byDirectory].map(([path, topics]) => ({
        logDir: resolve(path),
        ...io.disk.space(path),
        topics: [...topics].map(([name, partitions]) => ({
          name,
          partitions: partitions.map((partition) => ({
            partitionIndex: partition.index,
            partitionSize: partition.log.sizeBytes,
            offsetLag: 0,
            isFutureKey: false,
          })),
        })),
      })),
    };
  },
});

/** undefined: all of them. */
function wantedPartitions(
  topics: readonly DescribableLogDirTopic[] | null,
): Map<string, Set<number>> | undefined {
  if (topics === null) return undefined;
  return new Map(topics.map(({ topic, partitions }) => [topic, new Set(partitions)]));
}
