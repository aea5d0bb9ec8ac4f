// What --describe shows: the health filters of kafka-topics.sh (TopicCommand.DescribeOptions, PartitionDescription).

import type { PartitionDescription, Reassignment } from '../../client/types.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { DescribedTopic } from './describe.ts';

export interface DescribeFilter {
  /** Whether the line about the topic itself is shown. */
  showsTopic(topic: DescribedTopic): boolean;
  showsPartition(topic: DescribedTopic, partition: PartitionDescription): boolean;
}

const DEFAULT_CONFIG = 5;

export function describeFilter(
  options: ParsedOptions,
  liveBrokers: ReadonlySet<number>,
): DescribeFilter {
  const tests: PartitionTest[] = [];
  if (options.has('under-replicated-partitions')) tests.push(isUnderReplicated);
  if (options.has('unavailable-partitions')) {
    tests.push((_, { leader }) => leader === undefined || !liveBrokers.has(leader.id));
  }
  if (options.has('under-min-isr-partitions')) tests.push(isUnderMinIsr);
  if (options.has('at-min-isr-partitions')) tests.push(isAtMinIsr);
  const onlyOverrides = options.has('topics-with-overrides');
  return {
    showsTopic: (topic) =>
      tests.length === 0 && (!onlyOverrides || topic.configs.some(isOverridden)),
    showsPartition: (topic, partition) =>
      !onlyOverrides && (tests.length === 0 || tests.some((test) => test(topic, partition))),
  };
}

type PartitionTest = (topic: DescribedTopic, partition: PartitionDescription) => boolean;

export function isOverridden(config: { readonly source: number }): boolean {
  return config.source !== DEFAULT_CONFIG;
}

/** Replicas that are being added don't count yet. */
export function replicationFactorOf(
  { replicas }: PartitionDescription,
  reassignment: Reassignment | undefined,
): number {
  if (reassignment === undefined) return replicas.length;
  const moving = new Set([...reassignment.addingReplicas, ...reassignment.removingReplicas]);
  const isInProgress = replicas.some(({ id }) => moving.has(id));
  if (!isInProgress) return replicas.length;
  return reassignment.replicas.length - reassignment.addingReplicas.length;
}

function isUnderReplicated(topic: DescribedTopic, partition: PartitionDescription): boolean {
  const reassignment = topic.reassignments.get(partition.partition);
  return replicationFactorOf(partition, reassignment) > partition.isr.length;
}

function isUnderMinIsr(topic: DescribedTopic, { leader, isr }: PartitionDescription): boolean {
  return leader === undefined || isr.length < minIsrOf(topic);
}

function isAtMinIsr(topic: DescribedTopic, { isr }: PartitionDescription): boolean {
  return isr.length === minIsrOf(topic);
}

function minIsrOf({ configs }: DescribedTopic): number {
  return Number(configs.find(({ name }) => name === 'min.insync.replicas')?.value);
}
