// Every command by its id, for oclif's explicit strategy: nothing is searched for at run time.

import BrokerLogs from './broker/logs.ts';
import BrokerReset from './broker/reset.ts';
import BrokerRun from './broker/run.ts';
import BrokerStart from './broker/start.ts';
import BrokerStatus from './broker/status.ts';
import BrokerStop from './broker/stop.ts';
import BrokerApiVersions from './broker-api-versions.ts';
import Cluster from './cluster.ts';
import Completion from './completion.ts';
import Configs from './configs.ts';
import ConsoleConsumer from './console-consumer.ts';
import ConsoleProducer from './console-producer.ts';
import ConsoleShareConsumer from './console-share-consumer.ts';
import ConsumerGroups from './consumer-groups.ts';
import ConsumerPerfTest from './consumer-perf-test.ts';
import ContextAdd from './context/add.ts';
import ContextList from './context/list.ts';
import ContextRemove from './context/remove.ts';
import ContextUse from './context/use.ts';
import DeleteRecords from './delete-records.ts';
import DumpLogSegments from './dump-log-segments.ts';
import E2eLatency from './e2e-latency.ts';
import Features from './features.ts';
import GetOffsets from './get-offsets.ts';
import Groups from './groups.ts';
import Launchers from './launchers.ts';
import LogDirs from './log-dirs.ts';
import MetadataQuorum from './metadata-quorum.ts';
import MetadataShell from './metadata-shell.ts';
import ProducerPerfTest from './producer-perf-test.ts';
import ShareConsumerPerfTest from './share-consumer-perf-test.ts';
import ShareGroups from './share-groups.ts';
import Storage from './storage.ts';
import StreamsApplicationReset from './streams-application-reset.ts';
import StreamsGroups from './streams-groups.ts';
import Topics from './topics.ts';
import Transactions from './transactions.ts';
import VerifiableConsumer from './verifiable-consumer.ts';
import VerifiableProducer from './verifiable-producer.ts';
import VerifiableShareConsumer from './verifiable-share-consumer.ts';

export const COMMANDS = {
  'broker-api-versions': BrokerApiVersions,
  'broker:logs': BrokerLogs,
  'broker:reset': BrokerReset,
  'broker:run': BrokerRun,
  'broker:start': BrokerStart,
  'broker:status': BrokerStatus,
  'broker:stop': BrokerStop,
  cluster: Cluster,
  completion: Completion,
  configs: Configs,
  'console-consumer': ConsoleConsumer,
  'console-producer': ConsoleProducer,
  'console-share-consumer': ConsoleShareConsumer,
  'consumer-groups': ConsumerGroups,
  'consumer-perf-test': ConsumerPerfTest,
  'context:add': ContextAdd,
  'context:list': ContextList,
  'context:remove': ContextRemove,
  'context:use': ContextUse,
  'delete-records': DeleteRecords,
  'dump-log-segments': DumpLogSegments,
  'e2e-latency': E2eLatency,
  features: Features,
  'get-offsets': GetOffsets,
  groups: Groups,
  launchers: Launchers,
  'log-dirs': LogDirs,
  'metadata-quorum': MetadataQuorum,
  'metadata-shell': MetadataShell,
  'producer-perf-test': ProducerPerfTest,
  'share-consumer-perf-test': ShareConsumerPerfTest,
  'share-groups': ShareGroups,
  storage: Storage,
  'streams-application-reset': StreamsApplicationReset,
  'streams-groups': StreamsGroups,
  topics: Topics,
  transactions: Transactions,
  'verifiable-consumer': VerifiableConsumer,
  'verifiable-producer': VerifiableProducer,
  'verifiable-share-consumer': VerifiableShareConsumer,
};
