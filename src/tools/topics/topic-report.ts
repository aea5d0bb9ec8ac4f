// Described topics as Kafka's lines, as tables for people and as data.

import type { Node, PartitionDescription } from '../../client/types.ts';
import { ZERO_UUID } from '../../common/uuid.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import type { Cell, Column, Table } from '../../output/output.ts';
import type { DescribedTopic } from './describe.ts';
import { type DescribeFilter, isOverridden, replicationFactorOf } from './describe-filter.ts';

export async function presentTopics(
  topics: readonly DescribedTopic[],
  filter: DescribeFilter,
  context: ToolContext,
): Promise<void> {
  const shown = topics.map((topic) => ({
    topic,
    isHeaded: filter.showsTopic(topic),
    partitions: sortedPartitions(topic).filter((each) => filter.showsPartition(topic, each)),
  }));
  await context.out.present({
    kafka: () => shown.flatMap(linesOf),
    table: () =>
      shown.filter(({ partitions, isHeaded }) => isHeaded || partitions.length > 0).map(tableOf),
    data: () =>
      shown
        .filter(({ partitions, isHeaded }) => isHeaded || partitions.length > 0)
        .map(({ topic, partitions }) => dataOf(topic, partitions)),
  });
}

interface Shown {
  readonly topic: DescribedTopic;
  readonly isHeaded: boolean;
  readonly partitions: readonly PartitionDescription[];
}

function sortedPartitions({ description }: DescribedTopic): PartitionDescription[] {
  return [...description.partitions].sort((a, b) => a.partition - b.partition);
}

function linesOf({ topic, isHeaded, partitions }: Shown): string[] {
  const lines = partitions.map((partition) => partitionLine(topic, partition));
  return isHeaded ? [topicLine(topic), ...lines] : lines;
}

function factorOf(topic: DescribedTopic): number {
  const first = sortedPartitions(topic)[0];
  if (first === undefined) return 0;
  return replicationFactorOf(first, topic.reassignments.get(first.partition));
}

/** TopicDescription.printDescription. */
function topicLine(topic: DescribedTopic): string {
  const { name, topicId, partitions } = topic.description;
  const configs = topic.configs
    .filter(isOverridden)
    .map((config) => `${config.name}=${config.value}`)
    .join(',');
  const id = topicId === ZERO_UUID ? '' : `\tTopicId: ${topicId}`;
  return `Topic: ${name}${id}\tPartitionCount: ${partitions.length}\tReplicationFactor: ${factorOf(topic)}\tConfigs: ${configs}`;
}

function ids(nodes: readonly Node[]): string {
  return nodes.map(({ id }) => id).join(',');
}

/** PartitionDescription.printDescription. */
function partitionLine(topic: DescribedTopic, partition: PartitionDescription): string {
  const { leader, replicas, isr, eligibleLeaderReplicas, lastKnownElr } = partition;
  const reassignment = topic.reassignments.get(partition.partition);
  const moving =
    reassignment === undefined
      ? ''
      : `\tAdding Replicas: ${reassignment.addingReplicas.join(',')}\tRemoving Replicas: ${reassignment.removingReplicas.join(',')}`;
  const elr = eligibleLeaderReplicas === undefined ? 'N/A' : ids(eligibleLeaderReplicas);
  const lastKnown = lastKnownElr === undefined ? 'N/A' : ids(lastKnownElr);
  return `\tTopic: ${topic.description.name}\tPartition: ${partition.partition}\tLeader: ${leader?.id ?? 'none'}\tReplicas: ${ids(replicas)}\tIsr: ${ids(isr)}${moving}\tElr: ${elr}\tLastKnownElr: ${lastKnown}`;
}

const COLUMNS: readonly Column[] = [
  { name: 'PARTITION', align: 'right' },
  { name: 'LEADER', align: 'right', tone: (cell) => (cell === 'none' ? 'bad' : 'plain') },
  { name: 'REPLICAS' },
  { name: 'ISR' },
  { name: 'ELR' },
  { name: 'NOTE', tone: () => 'warning' },
];

function tableOf({ topic, partitions }: Shown): Table {
  const { name, topicId } = topic.description;
  const overrides = topic.configs.filter(isOverridden).map((c) => `${c.name}=${c.value}`);
  const configs =
    overrides.length === 0 ? '' : `\n${overrides.map((each) => `  ${each}`).join('\n')}`;
  const count = topic.description.partitions.length;
  return {
    title: `${name}  ${topicId}  ${count} partition${count === 1 ? '' : 's'}, replication factor ${factorOf(topic)}${configs}`,
    columns: COLUMNS,
    rows: partitions.map((partition) => rowOf(topic, partition)),
  };
}

function rowOf(topic: DescribedTopic, partition: PartitionDescription): Cell[] {
  const { leader, replicas, isr, eligibleLeaderReplicas } = partition;
  const reassignment = topic.reassignments.get(partition.partition);
  const notes: string[] = [];
  if (replicationFactorOf(partition, reassignment) > isr.length) notes.push('under-replicated');
  if (reassignment !== undefined) {
    if (reassignment.addingReplicas.length > 0) notes.push(`adding ${reassignment.addingReplicas}`);
    if (reassignment.removingReplicas.length > 0) {
      notes.push(`removing ${reassignment.removingReplicas}`);
    }
  }
  return [
    partition.partition,
    leader?.id ?? 'none',
    ids(replicas),
    ids(isr),
    ids(eligibleLeaderReplicas ?? []),
    notes.join(', '),
  ];
}

function dataOf(topic: DescribedTopic, partitions: readonly PartitionDescription[]): unknown {
  const { name, topicId, isInternal } = topic.description;
  return {
    topic: name,
    topicId,
    isInternal,
    partitionCount: topic.description.partitions.length,
    replicationFactor: factorOf(topic),
    configs: Object.fromEntries(topic.configs.filter(isOverridden).map((c) => [c.name, c.value])),
    partitions: partitions.map((partition) => {
      const reassignment = topic.reassignments.get(partition.partition);
      return {
        partition: partition.partition,
        leader: partition.leader?.id ?? null,
        replicas: partition.replicas.map(({ id }) => id),
        isr: partition.isr.map(({ id }) => id),
        addingReplicas: reassignment?.addingReplicas ?? [],
        removingReplicas: reassignment?.removingReplicas ?? [],
        eligibleLeaderReplicas: partition.eligibleLeaderReplicas?.map(({ id }) => id) ?? null,
        lastKnownElr: partition.lastKnownElr?.map(({ id }) => id) ?? null,
      };
    }),
  };
}
