// Admin.listOffsets: earliest, latest, by time and the other specs, one request per leader.

import { LIST_OFFSETS } from '../../protocol/generated/apis/list-offsets.ts';
import { UnsupportedVersionError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import {
  type ListedOffset,
  OffsetSpec,
  type OperationOptions,
  type Outcome,
  partitionKey,
  type TopicPartition,
} from '../types.ts';
import type { Call } from './call.ts';
import { byTopic, type ItemAnswer, refused, throughLeaders } from './leader-items.ts';

export type OffsetQuery = TopicPartition & { readonly timestamp: number };

export interface ListOffsetsOptions extends OperationOptions {
  readonly isolationLevel?: 'read_uncommitted' | 'read_committed';
}

/** The version that first knows a spec (KIP-734, KIP-405, KIP-1005, KIP-1023), and its name in Java's errors. */
const SPECS: ReadonlyMap<number, readonly [number, string]> = new Map([
  [OffsetSpec.MAX_TIMESTAMP, [7, 'MAX_TIMESTAMP']],
  [OffsetSpec.EARLIEST_LOCAL, [8, 'EARLIEST_LOCAL_TIMESTAMP']],
  [OffsetSpec.LATEST_TIERED, [9, 'LATEST_TIERED_TIMESTAMP']],
  [OffsetSpec.EARLIEST_PENDING_UPLOAD, [11, 'EARLIEST_PENDING_UPLOAD']],
]);

/** `timestamp` is an OffsetSpec or ms since the epoch. Never rejects; one result per partition in the order asked. */
export function listOffsets(
  client: KafkaClient,
  partitions: readonly OffsetQuery[],
  options: ListOffsetsOptions = {},
): Promise<{ topic: string; partition: number; outcome: Outcome<ListedOffset> }[]> {
  const isolationLevel = options.isolationLevel === 'read_committed' ? 1 : 0;
  return throughLeaders<OffsetQuery, ListedOffset>(client, {
    name: 'listOffsets',
    apiName: 'LIST_OFFSETS',
    partitions,
    timeoutMs: options.timeoutMs,
    refusesUnknownTopics: true,
    ask: (call, leaderId, asked) => askLeader(client, call, leaderId, asked, isolationLevel),
  });
}

async function askLeader(
  client: KafkaClient,
  call: Call,
  leaderId: number,
  asked: readonly OffsetQuery[],
  isolationLevel: number,
): Promise<Map<string, ItemAnswer<ListedOffset>>> {
  const answers = new Map<string, ItemAnswer<ListedOffset>>();
  const version = (await client.versionOf(call, LIST_OFFSETS, leaderId)) ?? 1;
  const known: OffsetQuery[] = [];
  for (const query of asked) {
    const spec = SPECS.get(query.timestamp);
    if (spec === undefined || spec[0] <= version) known.push(query);
    else
      answers.set(partitionKey(query.topic, query.partition), {
        error: unknownSpec(leaderId, spec[1]),
      });
  }
  if (known.length === 0) return answers;
  const response = await client.request(
    call,
    LIST_OFFSETS,
    (agreed) => ({
      replicaId: -1,
      topics: [...byTopic(known)].map(([name, queries]) => ({
        name,
        partitions: queries.map(({ partition, timestamp }) => ({
          partitionIndex: partition,
          timestamp,
        })),
      })),
      ...(agreed >= 2 ? { isolationLevel } : {}),
      ...(agreed >= 10 ? { timeoutMs: Math.ceil(call.leftMs) } : {}),
    }),
    { target: leaderId, minVersion: isolationLevel === 1 ? 2 : 1 },
  );
  for (const { name, partitions } of response.topics) {
    for (const { partitionIndex, errorCode, offset, timestamp, leaderEpoch } of partitions) {
      const key = partitionKey(name, partitionIndex);
      const answer =
        errorCode === 0
          ? { value: { offset, timestamp, leaderEpoch: leaderEpoch < 0 ? undefined : leaderEpoch } }
          : refused(client, 'ListOffsets', key, errorCode);
      answers.set(key, answer);
    }
  }
  return answers;
}

function unknownSpec(leaderId: number, name: string): UnsupportedVersionError {
  return new UnsupportedVersionError(`Broker ${leaderId} does not support ${name} offset specs`);
}
