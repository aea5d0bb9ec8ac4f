// Names of the files and folders of a log, as Kafka writes them (org.apache.kafka.storage.internals.log.LogFileUtils).

export const LOG_SUFFIX = '.log';
export const INDEX_SUFFIX = '.index';
export const TIME_INDEX_SUFFIX = '.timeindex';
export const TXN_INDEX_SUFFIX = '.txnindex';
export const SNAPSHOT_SUFFIX = '.snapshot';
export const DELETED_SUFFIX = '.deleted';
export const CLEANED_SUFFIX = '.cleaned';
export const SWAP_SUFFIX = '.swap';
export const DELETE_DIRECTORY_SUFFIX = '-delete';
export const STRAY_DIRECTORY_SUFFIX = '-stray';
export const FUTURE_DIRECTORY_SUFFIX = '-future';
export const PARTITION_METADATA_FILE = 'partition.metadata';
export const LEADER_EPOCH_FILE = 'leader-epoch-checkpoint';
export const RECOVERY_POINT_FILE = 'recovery-point-offset-checkpoint';
export const REPLICATION_OFFSET_FILE = 'replication-offset-checkpoint';
export const LOG_START_OFFSET_FILE = 'log-start-offset-checkpoint';
export const CLEANER_OFFSET_FILE = 'cleaner-offset-checkpoint';
export const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown';
export const LOCK_FILE = '.lock';

const OFFSET_DIGITS = 20;
/** The longest name a file system is sure to take. */
const MAX_NAME_BYTES = 255;

export function joinPath(directory: string, name: string): string {
  return `${directory}/${name}`;
}

/** 42 → 00000000000000000042 */
export function offsetName(offset: number): string {
  return BigInt(offset).toString().padStart(OFFSET_DIGITS, '0');
}

/** The offset in the name of a segment's file; undefined when the part before the first dot isn't all digits. */
export function offsetOfName(name: string): number | undefined {
  const dot = name.indexOf('.');
  const digits = dot < 0 ? name : name.slice(0, dot);
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export function partitionDirectory(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** What a folder is renamed to that is done with: TOPIC-P.<32 hex>-delete or -stray, cut to what a name may be long. */
export function awayDirectory(
  topic: string,
  partition: number,
  uniqueHex: string,
  awaySuffix: string,
): string {
  const suffix = `-${partition}.${uniqueHex}${awaySuffix}`;
  return topic.slice(0, MAX_NAME_BYTES - suffix.length) + suffix;
}

/** Of TOPIC-P.<32 hex>-future; the topic may be cut (awayDirectory). undefined for any other name. */
export function parseFutureDirectory(name: string): TopicPartition | undefined {
  const own = /^(.+)\.[0-9a-f]{32}-future$/.exec(name)?.[1];
  return own === undefined ? undefined : parsePartitionDirectory(own);
}

/** undefined when the folder isn't a partition's: no dash, no number behind the last one. */
export function parsePartitionDirectory(name: string): TopicPartition | undefined {
  const dash = name.lastIndexOf('-');
  if (dash <= 0 || !/^\d+$/.test(name.slice(dash + 1))) return undefined;
  return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)) };
}
