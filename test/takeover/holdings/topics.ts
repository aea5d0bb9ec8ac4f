// Topics with their ids, partitions and configs, made and deleted in every round.

import { createPartitions } from '../../../src/client/admin/create-partitions.ts';
import { createTopics } from '../../../src/client/admin/create-topics.ts';
import { deleteTopics } from '../../../src/client/admin/delete-topics.ts';
import { describeConfigs } from '../../../src/client/admin/describe-configs.ts';
import { describeTopics } from '../../../src/client/admin/describe-topics.ts';
import { listTopics } from '../../../src/client/admin/list-topics.ts';
import type { Holding } from '../holding.ts';

const LONGEST_NAME = 249;

/** Every config that a topic may have without remote storage, none with its default. */
const everyConfig = (round: number): [string, string][] => [
  ['cleanup.policy', 'compact,delete'],
  ['compression.type', ['zstd', 'lz4', 'snappy', 'gzip'][round % 4] as string],
  ['compression.gzip.level', '5'],
  ['compression.lz4.level', '11'],
  ['compression.zstd.level', '-7'],
  ['delete.retention.ms', '1000'],
  ['file.delete.delay.ms', '1'],
  ['flush.messages', '100'],
  ['flush.ms', '1000'],
  ['follower.replication.throttled.replicas', '0:1'],
  ['index.interval.bytes', '1'],
  ['leader.replication.throttled.replicas', '*'],
  ['local.retention.bytes', '1000'],
  ['local.retention.ms', '1000'],
  ['max.compaction.lag.ms', '9223372036854775806'],
  ['max.message.bytes', '12345'],
  ['message.timestamp.after.max.ms', '9000000000000'],
  ['message.timestamp.before.max.ms', '9000000000000'],
  ['message.timestamp.type', 'LogAppendTime'],
  ['min.cleanable.dirty.ratio', '0.125'],
  ['min.compaction.lag.ms', '1000'],
  ['min.insync.replicas', '1'],
  ['preallocate', 'false'],
  ['retention.bytes', '1000000'],
  ['retention.ms', '9000000000'],
  ['segment.bytes', '1048577'],
  ['segment.index.bytes', '1000'],
  ['segment.jitter.ms', '1000'],
  ['segment.ms', '9000000000'],
  ['unclean.leader.election.enable', 'true'],
];

export const topics: Holding = {
  name: 'topics',

  async add({ client, round }) {
    const configs = new Map([
      ['cleanup.policy', round % 2 === 0 ? 'compact' : 'delete,compact'],
      ['retention.ms', String(86_400_000 * (round + 1))],
      ['max.message.bytes', '2000000'],
      ['message.timestamp.type', 'LogAppendTime'],
    ]);
    await createTopics(client, [
      { name: `plain-${round}`, partitions: 1 + round },
      { name: `configured-${round}`, partitions: 2, configs },
      { name: `with.dots_and-${round}`, partitions: 1 },
      { name: `doomed-${round}`, partitions: 2 },
      { name: `under_scores__${round}_`, partitions: 1 },
      { name: `wide-${round}`, partitions: 12 },
      { name: `${round}-${'long'.repeat(61)}`.padEnd(LONGEST_NAME, 'x'), partitions: 1 },
      { name: `everything-${round}`, partitions: 1, configs: new Map(everyConfig(round)) },
    ]);
    await deleteTopics(client, [`doomed-${round}`]);
    // The same name again and again, with another id each time.
    if (round > 0) await deleteTopics(client, ['reborn']);
    await createTopics(client, [{ name: 'reborn', partitions: 3 - (round % 2) }]);
    if (round > 0)
      await createPartitions(client, new Map([[`plain-${round - 1}`, { totalCount: 6 }]]));
  },

  async observe({ client }) {
    const seen = new Map<string, string>();
    const names = (await listTopics(client, { listInternal: true })).map(({ name }) => name).sort();
    seen.set('topic names', names.join('\n'));
    for (const outcome of (await describeTopics(client, names)).values()) {
      if (outcome.error !== undefined) throw outcome.error;
      const { name, topicId, isInternal, partitions } = outcome.value;
      const lines = partitions.map((p) => {
        const ids = (nodes: readonly { id: number }[] | undefined) =>
          (nodes ?? []).map(({ id }) => id).join(',');
        return `${p.partition} leader ${p.leader?.id} replicas ${ids(p.replicas)} isr ${ids(p.isr)}`;
      });
      seen.set(`topic ${name}`, [topicId, isInternal, ...lines].join('\n'));
    }
    const resources = names.map((name) => ({ type: 2, name }));
    for (const { resource, outcome } of await describeConfigs(client, resources)) {
      if (outcome.error !== undefined) throw outcome.error;
      const lines = outcome.value.map((entry) => `${entry.name}=${entry.value} ${entry.source}`);
      seen.set(`configs of ${resource.name}`, lines.sort().join('\n'));
    }
    return seen;
  },
};
