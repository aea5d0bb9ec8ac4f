// Answers put together by topic, as Kafka makes them from a map of partitions: a topic that is named more than once is
// told once, one without partitions not at all. It never sorts; where topics without partitions are told, see
// answer-by-topic.ts.

/** In the order in which the topics were named first. The arrays are new, what they hold is the caller's. */
export function groupPartitions<P>(
  topics: readonly { readonly name: string; readonly partitions: readonly P[] }[],
): { name: string; partitions: P[] }[] {
  const byName = new Map<string, P[]>();
  for (const { name, partitions } of topics) {
    const known = byName.get(name);
    if (known !== undefined) known.push(...partitions);
    else if (partitions.length > 0) byName.set(name, [...partitions]);
  }
  return [...byName].map(([name, partitions]) => ({ name, partitions }));
}
