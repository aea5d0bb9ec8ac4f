// `describe --status` and `describe --replication`.

import { errorOf } from '../../client/errors.ts';
import { ZERO_UUID } from '../../common/uuid.ts';
import { DESCRIBE_CLUSTER } from '../../protocol/generated/apis/describe-cluster.ts';
import type { ReplicaState } from '../../protocol/generated/apis/describe-quorum-response.ts';
import { ToolError } from '../support/java-error.ts';
import { executionError, get } from '../support/java-future.ts';
import { present } from '../support/report.ts';
import { describeQuorum, type Quorum, type QuorumService } from './quorum-service.ts';

const BROKERS = 1;
const CONTROLLERS = 2;
const HEADERS = [
  'NodeId',
  'DirectoryId',
  'LogEndOffset',
  'Lag',
  'LastFetchTimestamp',
  'LastCaughtUpTimestamp',
  'Status',
];

export async function describeStatus(service: QuorumService): Promise<void> {
  const clusterId = await clusterIdOf(service);
  const quorum = await describeQuorum(service);
  const { leaderId, leaderEpoch, highWatermark, currentVoters } = quorum;
  const leader = leaderOf(quorum);
  const slowest = currentVoters.reduce((a, b) => (b.logEndOffset < a.logEndOffset ? b : a));
  const lag = leader.logEndOffset - slowest.logEndOffset;
  const lagMs = lagTimeMs(leader, slowest);
  const voters = currentVoters.map((each) => nodeOf(each, quorum));
  const observers = quorum.observers.map((each) => nodeOf(each, quorum));
  await service.context.out.present({
    kafka: () => [
      `ClusterId:              ${clusterId}`,
      `LeaderId:               ${leaderId}`,
      `LeaderEpoch:            ${leaderEpoch}`,
      `HighWatermark:          ${highWatermark}`,
      `MaxFollowerLag:         ${lag}`,
      `MaxFollowerLagTimeMs:   ${lagMs}`,
      `CurrentVoters:          ${nodesText(voters)}`,
      `CurrentObservers:       ${nodesText(observers)}`,
    ],
    data: () => {
      const state = { clusterId, leaderId, leaderEpoch, highWatermark };
      return { ...state, maxFollowerLag: lag, maxFollowerLagTimeMs: lagMs, voters, observers };
    },
  });
}

async function clusterIdOf({ client, options }: QuorumService): Promise<string> {
  const endpointType = options.has('bootstrap-controller') ? CONTROLLERS : BROKERS;
  const sending = client.send(
    DESCRIBE_CLUSTER,
    (version) => ({
      includeClusterAuthorizedOperations: false,
      ...(version >= 1 ? { endpointType } : {}),
    }),
    { callName: 'listNodes' },
  );
  const response = await get(sending);
  if (response.errorCode === 0) return response.clusterId;
  throw executionError(errorOf(response.errorCode, response.errorMessage));
}

function leaderOf({ leaderId, currentVoters }: Quorum): ReplicaState {
  const leader = currentVoters.find(({ replicaId }) => replicaId === leaderId);
  if (leader !== undefined) return leader;
  throw new ToolError('No value present', 'java.util.NoSuchElementException');
}

function lagTimeMs(leader: ReplicaState, follower: ReplicaState): number {
  if (leader === follower) return 0;
  const [a, b] = [leader.lastCaughtUpTimestamp, follower.lastCaughtUpTimestamp];
  return a >= 0 && b >= 0 ? a - b : -1;
}

interface QuorumNode {
  readonly id: number;
  readonly directoryId?: string;
  readonly endpoints: readonly string[];
}

function nodeOf({ replicaId, replicaDirectoryId }: ReplicaState, { nodes }: Quorum): QuorumNode {
  const listeners = nodes.find(({ nodeId }) => nodeId === replicaId)?.listeners ?? [];
  const endpoints = listeners.map(({ name, host, port }) => {
    return `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  });
  const hasDirectory = replicaDirectoryId !== ZERO_UUID;
  return {
    id: replicaId,
    ...(hasDirectory ? { directoryId: replicaDirectoryId } : {}),
    endpoints,
  };
}

function nodesText(nodes: readonly QuorumNode[]): string {
  const texts = nodes.map(({ id, directoryId, endpoints }) => {
    const directory = directoryId === undefined ? '' : `, "directoryId": "${directoryId}"`;
    const list = endpoints.map((endpoint) => `"${endpoint}"`).join(', ');
    return `{"id": ${id}${directory}${list === '' ? '' : `, "endpoints": [${list}]`}}`;
  });
  return `[${texts.join(', ')}]`;
}

export async function describeReplication(service: QuorumService): Promise<void> {
  const quorum = await describeQuorum(service);
  const { leaderId, currentVoters, observers } = quorum;
  const leader = leaderOf(quorum);
  const followers = currentVoters.filter(({ replicaId }) => replicaId !== leaderId);
  const replicas: [ReplicaState, string][] = [
    [leader, 'Leader'],
    ...followers.map((each): [ReplicaState, string] => [each, 'Follower']),
    ...observers.map((each): [ReplicaState, string] => [each, 'Observer']),
  ];
  const { io } = service.context;
  const isHuman = service.options.has('human-readable');
  const time = (timestampMs: number, what: string): string => {
    if (timestampMs < 0) return '-1';
    return isHuman ? ago(timestampMs, io.clock.nowMs(), what) : String(timestampMs);
  };
  const rows = replicas.map(([each, status]) => [
    each.replicaId,
    each.replicaDirectoryId,
    each.logEndOffset,
    leader.logEndOffset - each.logEndOffset,
    time(each.lastFetchTimestamp, 'last fetch'),
    time(each.lastCaughtUpTimestamp, 'last caught up'),
    status,
  ]);
  const data = replicas.map(([each, status]) => ({
    nodeId: each.replicaId,
    directoryId: each.replicaDirectoryId,
    logEndOffset: each.logEndOffset,
    lag: leader.logEndOffset - each.logEndOffset,
    lastFetchTimestamp: each.lastFetchTimestamp,
    lastCaughtUpTimestamp: each.lastCaughtUpTimestamp,
    status: status.toLowerCase(),
  }));
  await present(service.context, { headers: HEADERS, rows, data });
}

function ago(timestampMs: number, nowMs: number, what: string): string {
  if (timestampMs > 0 && timestampMs <= nowMs) return `${nowMs - timestampMs} ms ago`;
  throw new ToolError(
    'Error while computing relative time, possible drift in system clock.\n' +
      `Current timestamp is ${nowMs}, ${what} timestamp is ${timestampMs}`,
    'org.apache.kafka.common.KafkaException',
  );
}
