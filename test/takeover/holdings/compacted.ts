// A compacted topic with tombstones: whichever broker cleans it, each key keeps its last value, and offsets their records.
// And the leader epochs that brokers leave in a log: where each ends.

import { createTopics } from '../../../src/client/admin/create-topics.ts';
import type { KafkaClient } from '../../../src/client/kafka-client.ts';
import { OFFSET_FOR_LEADER_EPOCH } from '../../../src/protocol/generated/apis/offset-for-leader-epoch.ts';
import { buildBatch, type NewRecord } from '../../../src/records/record-batch-builder.ts';
import type { Holding } from '../holding.ts';
import { ask, produce, readPartition } from '../wire.ts';

/** Its logs change by themselves: see disk.ts. */
export const COMPACTED = 'compacted';
const KEYS = 40;
const MAX_EPOCH = 8;

export const compacted: Holding = {
  name: 'compacted',

  async add({ client, round }) {
    if (round === 0) await makeTopic(client);
    for (let batch = 0; batch < 3; batch++) {
      await produce(client, COMPACTED, 0, buildBatch(updates(round, batch), { compression: 2 }));
    }
  },

  async observe({ client }) {
    const values = new Map<string, string>();
    for (const line of await readPartition(client, COMPACTED, 0, 0)) {
      const [offset, , key, value] = line.split(' ') as [string, string, string, string];
      if (offset === 'batch') continue;
      if (value === 'null') values.delete(key);
      else values.set(key, `${offset} ${value.length} ${value.slice(0, 40)}`);
    }
    const lines = [...values].map(([key, value]) => `${key} ${value}`).sort();
    return new Map([['last values', lines.join('\n')], ...(await epochEnds(client))]);
  },
};

async function makeTopic(client: KafkaClient): Promise<void> {
  const configs = new Map([
    ['cleanup.policy', 'compact'],
    ['segment.bytes', '1048576'],
    ['min.cleanable.dirty.ratio', '0.01'],
    ['delete.retention.ms', '0'],
    ['max.message.bytes', '4000000'],
  ]);
  await createTopics(client, [{ name: COMPACTED, partitions: 1, configs }]);
}

/** About a segment of values that don't compress; every fifth key goes, and comes again in a later batch. */
function updates(round: number, batch: number): NewRecord[] {
  return Array.from({ length: KEYS }, (_, i) => {
    const seed = round * 100 + batch * 10 + i;
    const value = `${round} ${batch} ${pseudoRandom(seed)}`.replaceAll(' ', '-');
    return {
      timestamp: 1_700_000_000_000 + seed,
      key: Buffer.from(`key-${i}`),
      value: (i + batch) % 5 === 0 ? null : Buffer.from(value),
    };
  });
}

function pseudoRandom(seed: number): string {
  let state = seed + 1;
  const text: string[] = [];
  while (text.length < 5000) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text.push(state.toString(36));
  }
  return text.join('');
}

/** As told to followers and consumers, of each epoch that there was; the current one ends where the log does. */
async function epochEnds(client: KafkaClient): Promise<[string, string][]> {
  const ends: [string, string][] = [];
  for (let leaderEpoch = 0; leaderEpoch <= MAX_EPOCH; leaderEpoch++) {
    const partitions = [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch }];
    const topics = [COMPACTED, 'records', 'transacted'].map((topic) => ({ topic, partitions }));
    const answer = await ask(client, OFFSET_FOR_LEADER_EPOCH, { replicaId: -1, topics }, (r) =>
      r.topics.flatMap((each) => each.partitions.map((p) => p.errorCode)),
    );
    for (const { topic, partitions: found } of answer.topics) {
      for (const { leaderEpoch: epoch, endOffset } of found) {
        if (epoch < 0) continue;
        ends.push([`end of epoch ${leaderEpoch} of ${topic}`, `${epoch} ${endOffset}`]);
      }
    }
  }
  return ends;
}
