// The configs of a group (GroupConfig) and of a client-metrics subscription (ClientMetricsConfigs), one row each,
// and the broker config that stands behind each group config. It never holds values that somebody set.
import { type ConfigTable, configKey, configTable } from './config-def.ts';
import { anyList, atLeast, oneOf, shareOffsetReset } from './validators.ts';

export const groupConfigs: ConfigTable = configTable([
  configKey('consumer.assignment.interval.ms', 'INT', '1000', atLeast('0')),
  configKey('consumer.heartbeat.interval.ms', 'INT', '5000', atLeast('1')),
  configKey('consumer.session.timeout.ms', 'INT', '45000', atLeast('1')),
  configKey('share.assignment.interval.ms', 'INT', '1000', atLeast('0')),
  configKey('share.auto.offset.reset', 'STRING', 'latest', shareOffsetReset),
  configKey('share.delivery.count.limit', 'INT', '5', atLeast('2')),
  configKey('share.heartbeat.interval.ms', 'INT', '5000', atLeast('1')),
  configKey(
    'share.isolation.level',
    'STRING',
    'read_uncommitted',
    oneOf('read_committed', 'read_uncommitted'),
  ),
  configKey('share.partition.max.record.locks', 'INT', '2000', atLeast('100')),
  configKey('share.record.lock.duration.ms', 'INT', '30000', atLeast('1000')),
  configKey('share.renew.acknowledge.enable', 'BOOLEAN', 'true'),
  configKey('share.session.timeout.ms', 'INT', '45000', atLeast('1')),
  configKey('streams.assignment.interval.ms', 'INT', '1000', atLeast('0')),
  configKey('streams.heartbeat.interval.ms', 'INT', '5000', atLeast('1')),
  configKey('streams.initial.rebalance.delay.ms', 'INT', '3000', atLeast('0')),
  configKey('streams.num.standby.replicas', 'INT', '0', atLeast('0')),
  configKey('streams.session.timeout.ms', 'INT', '45000', atLeast('1')),
]);

export const clientMetricsConfigs: ConfigTable = configTable([
  configKey('interval.ms', 'INT', '300000'),
  configKey('match', 'LIST', '', anyList),
  configKey('metrics', 'LIST', '', anyList),
]);

/** The broker config behind each group config (GroupConfig.ALL_GROUP_CONFIG_SYNONYMS); null where there is none. */
export const groupConfigSynonyms: Readonly<Record<string, string | null>> = {
  'consumer.assignment.interval.ms': 'group.consumer.assignment.interval.ms',
  'consumer.heartbeat.interval.ms': 'group.consumer.heartbeat.interval.ms',
  'consumer.session.timeout.ms': 'group.consumer.session.timeout.ms',
  'share.assignment.interval.ms': 'group.share.assignment.interval.ms',
  'share.auto.offset.reset': null,
  'share.delivery.count.limit': 'group.share.delivery.count.limit',
  'share.heartbeat.interval.ms': 'group.share.heartbeat.interval.ms',
  'share.isolation.level': null,
  'share.partition.max.record.locks': 'group.share.partition.max.record.locks',
  'share.record.lock.duration.ms': 'group.share.record.lock.duration.ms',
  'share.renew.acknowledge.enable': null,
  'share.session.timeout.ms': 'group.share.session.timeout.ms',
  'streams.assignment.interval.ms': 'group.streams.assignment.interval.ms',
  'streams.heartbeat.interval.ms': 'group.streams.heartbeat.interval.ms',
  'streams.initial.rebalance.delay.ms': 'group.streams.initial.rebalance.delay.ms',
  'streams.num.standby.replicas': 'group.streams.num.standby.replicas',
  'streams.session.timeout.ms': 'group.streams.session.timeout.ms',
};
