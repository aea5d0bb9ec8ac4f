// The order in which Java's hash tables of partitions are walked, for output that shows it.

import type { TopicPartition } from '../../client/types.ts';
import { javaHashOrder } from '../../common/java.ts';
import { javaHashCode } from '../../common/java-hash.ts';

/** The order of a HashMap with TopicPartition as its key. */
export function hashOrder<P extends TopicPartition>(partitions: readonly P[]): P[] {
  return javaHashOrder(
    partitions,
    ({ topic, partition }) => (31 * (31 + partition) + javaHashCode(topic)) | 0,
  );
}
