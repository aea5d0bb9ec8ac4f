// Broker configs of the metadata quorum, metrics and quotas: update mode, name, type, default, rule; one row
// each, in Kafka's own order, which shows in DescribeConfigs. It never holds values that somebody set.
import type { ConfigKey } from '../config-def.ts';
import { anyList, atLeast, describedList } from '../validators.ts';
import { broker } from './row.ts';

export const quorumConfigs: readonly ConfigKey[] = [
  broker('read-only', 'controller.quorum.voters', 'LIST', '', describedList('non-empty list')),
  broker(
    'read-only',
    'controller.quorum.bootstrap.servers',
    'LIST',
    '',
    describedList('non-empty list'),
  ),
  broker('read-only', 'controller.quorum.election.timeout.ms', 'INT', '1000', atLeast('0')),
  broker('read-only', 'controller.quorum.fetch.timeout.ms', 'INT', '2000', atLeast('0')),
  broker('read-only', 'controller.quorum.election.backoff.max.ms', 'INT', '1000', atLeast('0')),
  broker('read-only', 'controller.quorum.append.linger.ms', 'INT', '25', atLeast('0')),
  broker('read-only', 'controller.quorum.request.timeout.ms', 'INT', '2000', atLeast('0')),
  broker('read-only', 'controller.quorum.retry.backoff.ms', 'INT', '20', atLeast('0')),
  broker('read-only', 'controller.quorum.auto.join.enable', 'BOOLEAN', 'false'),
  broker('read-only', 'controller.quorum.fetch.snapshot.max.bytes', 'INT', '1048576', atLeast('1')),
  broker('read-only', 'controller.quorum.fetch.max.bytes', 'INT', '1048576', atLeast('1')),
  broker('read-only', 'metrics.num.samples', 'INT', '2', atLeast('1')),
  broker('read-only', 'metrics.sample.window.ms', 'LONG', '30000', atLeast('1')),
  broker(
    'cluster-wide',
    'metric.reporters',
    'LIST',
    'org.apache.kafka.common.metrics.JmxReporter',
    anyList,
  ),
  broker('read-only', 'metrics.recording.level', 'STRING', 'INFO'),
  broker('read-only', 'kafka.metrics.reporters', 'LIST', '', anyList),
  broker('read-only', 'kafka.metrics.polling.interval.secs', 'INT', '10', atLeast('1')),
  broker('read-only', 'telemetry.max.bytes', 'INT', '1048576', atLeast('1')),
  broker('read-only', 'quota.window.num', 'INT', '11', atLeast('1')),
  broker('read-only', 'replication.quota.window.num', 'INT', '11', atLeast('1')),
  broker('read-only', 'alter.log.dirs.replication.quota.window.num', 'INT', '11', atLeast('1')),
  broker('read-only', 'controller.quota.window.num', 'INT', '11', atLeast('1')),
  broker('read-only', 'quota.window.size.seconds', 'INT', '1', atLeast('1')),
  broker('read-only', 'replication.quota.window.size.seconds', 'INT', '1', atLeast('1')),
  broker(
    'read-only',
    'alter.log.dirs.replication.quota.window.size.seconds',
    'INT',
    '1',
    atLeast('1'),
  ),
  broker('read-only', 'controller.quota.window.size.seconds', 'INT', '1', atLeast('1')),
  broker('read-only', 'client.quota.callback.class', 'CLASS', null),
];
