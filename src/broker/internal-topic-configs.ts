// What the coordinators' own topics are made with, as GroupCoordinatorService, TransactionStateManager and
// ShareCoordinatorService say.

import {
  GROUP_METADATA_TOPIC,
  SHARE_STATE_TOPIC,
  TRANSACTION_STATE_TOPIC,
} from '../common/topic-name.ts';
import type { BrokerConfig } from '../config/server-properties.ts';
import { stateTopicConfigs } from './share/share-config.ts';

/** By the topic's name; none for any other topic. */
export function internalTopicConfigs(
  config: BrokerConfig,
): (topic: string) => ReadonlyMap<string, string> {
  const number = (name: string): string => String(config.number(name));
  const configs = new Map([
    [
      GROUP_METADATA_TOPIC,
      new Map([
        ['cleanup.policy', 'compact'],
        ['compression.type', 'producer'],
        ['segment.bytes', number('offsets.topic.segment.bytes')],
      ]),
    ],
    [
      TRANSACTION_STATE_TOPIC,
      new Map([
        ['unclean.leader.election.enable', 'false'],
        ['compression.type', 'uncompressed'],
        ['cleanup.policy', 'compact'],
        ['min.insync.replicas', number('transaction.state.log.min.isr')],
        ['segment.bytes', number('transaction.state.log.segment.bytes')],
      ]),
    ],
    [SHARE_STATE_TOPIC, stateTopicConfigs(config)],
  ]);
  return (topic) => configs.get(topic) ?? new Map();
}
