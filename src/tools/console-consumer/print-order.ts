// In which order the records of one poll are printed: Kafka's ConsumerRecords is a HashMap of partitions
// (org.apache.kafka.clients.consumer.internals.Fetch), so that of their hashes. Whole batches; none is split.

import type { TopicPartition } from '../../client/types.ts';
import { partitionKey } from '../../client/types.ts';
import { hashOrder } from '../support/hash-order.ts';

/** The batches of each partition together, as they came; partitions as a HashMap has them. */
export function inPrintOrder<B extends TopicPartition>(batches: readonly B[]): readonly B[] {
  const [first] = batches;
  // Most polls: one partition's records.
  const isOther = (batch: B) =>
    batch.partition !== first!.partition || batch.topic !== first!.topic;
  if (!batches.some(isOther)) return batches;
  const byPartition = new Map<string, B[]>();
  for (const batch of batches) {
    const key = partitionKey(batch.topic, batch.partition);
    const list = byPartition.get(key);
    if (list === undefined) byPartition.set(key, [batch]);
    else list.push(batch);
  }
  const partitions = hashOrder([...byPartition.values()].map((list) => list[0]!));
  return partitions.flatMap((each) => byPartition.get(partitionKey(each.topic, each.partition))!);
}
