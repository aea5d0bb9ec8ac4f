// Which topic names are legal, which are Kafka's own, and which two would collide in metric names
// (org.apache.kafka.common.internals.Topic). Pure; the sentences are Kafka's.

export const GROUP_METADATA_TOPIC = '__consumer_offsets';
export const TRANSACTION_STATE_TOPIC = '__transaction_state';
export const SHARE_STATE_TOPIC = '__share_group_state';

const INTERNAL = new Set([GROUP_METADATA_TOPIC, TRANSACTION_STATE_TOPIC, SHARE_STATE_TOPIC]);

/** Topics that the coordinators keep their state in. */
export function isInternalTopic(name: string): boolean {
  return INTERNAL.has(name);
}

/** The metadata log's own topic, which nobody may create. */
export const METADATA_TOPIC = '__cluster_metadata';

export const MAX_TOPIC_NAME_LENGTH = 249;

/** Kafka's sentence for an illegal name; undefined for a legal one. */
export function topicNameError(name: string): string | undefined {
  const prefix = 'Topic name is invalid: ';
  if (name === '') return `${prefix}the empty string is not allowed`;
  if (name === '.') return `${prefix}'.' is not allowed`;
  if (name === '..') return `${prefix}'..' is not allowed`;
  if (name.length > MAX_TOPIC_NAME_LENGTH) {
    return `${prefix}the length of '${name}' is longer than the max allowed length ${MAX_TOPIC_NAME_LENGTH}`;
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return (
      `${prefix}'${name}' contains one or more characters other than ` +
      "ASCII alphanumerics, '.', '_' and '-'"
    );
  }
  return undefined;
}

/** '.' and '_' become one in metric names. */
export const hasCollisionChars = (name: string): boolean => /[._]/.test(name);

export const unifyCollisionChars = (name: string): string => name.replaceAll('.', '_');
