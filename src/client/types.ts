// The client's public nouns: what admin operations, the producer and the consumer take and return.
// Plain data only; nothing here sends, waits or keeps state.

import type { ClientError } from './errors.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A broker as metadata tells it. `rack` is null when none is set. */
export interface Node {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** One item's result: exactly one of the two is there. */
export type Outcome<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: ClientError };

/** Every admin operation takes these. */
export interface OperationOptions {
  /** For the whole operation with its retries; default.api.timeout.ms (or request.timeout.ms) when absent. */
  readonly timeoutMs?: number;
}

export interface TopicListing {
  readonly name: string;
  /** 22 characters of base64, ZERO_UUID from brokers that don't know ids. */
  readonly topicId: string;
  readonly isInternal: boolean;
}

export interface PartitionDescription {
  readonly partition: number;
  /** undefined when there is no leader. */
  readonly leader: Node | undefined;
  /** -1 when the broker doesn't tell. */
  readonly leaderEpoch: number;
  readonly replicas: readonly Node[];
  readonly isr: readonly Node[];
  /** undefined from brokers without KIP-966. */
  readonly eligibleLeaderReplicas: readonly Node[] | undefined;
  readonly lastKnownElr: readonly Node[] | undefined;
}

export interface TopicDescription {
  readonly name: string;
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionDescription[];
  /** Bits of AclOperation codes; undefined unless asked for. */
  readonly authorizedOperations: number | undefined;
}

export interface ClusterDescription {
  readonly clusterId: string;
  readonly controller: Node | undefined;
  readonly nodes: readonly (Node & { readonly isFenced: boolean })[];
  readonly authorizedOperations: number | undefined;
}

export interface NewTopic {
  readonly name: string;
  /** Absent: the broker's default (-1). */
  readonly partitions?: number;
  readonly replicationFactor?: number;
  /** Replica ids per partition, instead of the two above. */
  readonly assignments?: readonly (readonly number[])[];
  readonly configs?: ReadonlyMap<string, string>;
}

/** What a creation answers from brokers since 2.4; counts are -1 when they weren't told. */
export interface CreatedTopic {
  readonly topicId: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

export interface NewPartitions {
  /** The new total. */
  readonly totalCount: number;
  /** Replica ids for each added partition. */
  readonly assignments?: readonly (readonly number[])[];
}

export interface ConfigResource {
  /** ConfigResource.Type ids: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group. */
  readonly type: number;
  readonly name: string;
}

export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  /** ConfigEntry.ConfigSource id as on the wire. */
  readonly source: number;
}

export interface ConfigEntry {
  readonly name: string;
  readonly value: string | null;
  /** On the wire: 1 DYNAMIC_TOPIC_CONFIG, 2 DYNAMIC_BROKER_CONFIG, 3 DYNAMIC_DEFAULT_BROKER_CONFIG, 4 STATIC_BROKER_CONFIG, 5 DEFAULT_CONFIG … */
  readonly source: number;
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
  /** ConfigType id on the wire: 1 BOOLEAN … */
  readonly type: number;
  readonly documentation: string | null;
  readonly synonyms: readonly ConfigSynonym[];
}

/** AlterConfigOp: 0 SET, 1 DELETE, 2 APPEND, 3 SUBTRACT. */
export interface ConfigChange {
  readonly name: string;
  readonly operation: 0 | 1 | 2 | 3;
  readonly value: string | null;
}

/** OffsetSpec as the timestamp that is sent; a time in ms ≥ 0 asks for the first record at or after it. */
export const OffsetSpec = {
  LATEST: -1,
  EARLIEST: -2,
  MAX_TIMESTAMP: -3,
  EARLIEST_LOCAL: -4,
  LATEST_TIERED: -5,
  EARLIEST_PENDING_UPLOAD: -6,
} as const;

export interface ListedOffset {
  /** -1 when there is no such record. */
  readonly offset: number;
  /** ms, or -1. */
  readonly timestamp: number;
  /** undefined when the broker doesn't tell. */
  readonly leaderEpoch: number | undefined;
}

export interface Reassignment extends TopicPartition {
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

export interface ReplicaInfo extends TopicPartition {
  readonly sizeBytes: number;
  readonly offsetLag: number;
  readonly isFuture: boolean;
}

export interface LogDirDescription {
  readonly path: string;
  readonly error: ClientError | undefined;
  readonly replicas: readonly ReplicaInfo[];
  /** undefined when the broker doesn't tell. */
  readonly totalBytes: number | undefined;
  readonly usableBytes: number | undefined;
}

export interface GroupListing {
  readonly groupId: string;
  readonly protocolType: string;
  /** Kafka's state name, '' from old brokers. */
  readonly state: string;
  /** As the broker writes it: classic, consumer, share, streams in any case; '' from old brokers. */
  readonly type: string;
}

export interface GroupMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly assignment: readonly TopicPartition[];
}

export interface GroupDescription {
  readonly groupId: string;
  readonly protocolType: string;
  /** The assignor. */
  readonly protocol: string;
  /** Kafka's state name. */
  readonly state: string;
  readonly members: readonly GroupMember[];
  readonly coordinator: Node;
  readonly authorizedOperations: number | undefined;
}

/** A member of a group that consumes; what only the consumer protocol has (KIP-848) is undefined in the classic one. */
export interface ConsumerGroupMember extends GroupMember {
  readonly targetAssignment: readonly TopicPartition[] | undefined;
  readonly memberEpoch: number | undefined;
  /** Whether it uses the consumer protocol; undefined when the broker doesn't tell. */
  readonly isUpgraded: boolean | undefined;
}

export interface ConsumerGroupDescription {
  readonly groupId: string;
  readonly type: 'Classic' | 'Consumer';
  /** '' when there is none. */
  readonly assignor: string;
  /** Kafka's state name. */
  readonly state: string;
  readonly members: readonly ConsumerGroupMember[];
  readonly coordinator: Node;
  /** undefined in the classic protocol. */
  readonly groupEpoch: number | undefined;
  readonly targetAssignmentEpoch: number | undefined;
}

export interface CommittedOffset {
  readonly offset: number;
  readonly leaderEpoch: number | undefined;
  readonly metadata: string;
}

export interface TransactionListing {
  readonly transactionalId: string;
  readonly producerId: number;
  /** Kafka's name: Empty, Ongoing, PrepareCommit, CompleteCommit, PrepareAbort, CompleteAbort, PrepareEpochFence. */
  readonly state: string;
  /** The id of the broker that coordinates it. */
  readonly coordinator: number;
}

export interface TransactionDescription {
  readonly coordinator: number;
  /** As in TransactionListing. */
  readonly state: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly timeoutMs: number;
  /** undefined unless one is open. */
  readonly startTimeMs: number | undefined;
  /** Those without their marker yet. */
  readonly partitions: readonly TopicPartition[];
}

/** A producer with sequence numbers, as a partition's log knows it. */
export interface ProducerState {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** undefined before its first marker. */
  readonly coordinatorEpoch: number | undefined;
  readonly lastSequence: number;
  /** ms, of the last batch. */
  readonly lastTimestamp: number;
  /** undefined when none is open. */
  readonly transactionStartOffset: number | undefined;
}

/** A header of a record; the value may be null. */
export interface RecordHeader {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/** Map key for a partition: `topic-partition`, as Kafka's TopicPartition.toString. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}
