// Admin.describeCluster: id, controller and brokers (DescribeCluster, KIP-700; Metadata on older brokers).

import { DESCRIBE_CLUSTER } from '../../protocol/generated/apis/describe-cluster.ts';
import { METADATA } from '../../protocol/generated/apis/metadata.ts';
import { clusterView } from '../cluster-view.ts';
import { errorOf } from '../errors.ts';
import { CONTROLLERS, type KafkaClient } from '../kafka-client.ts';
import type { ClusterDescription, OperationOptions } from '../types.ts';
import type { Call } from './call.ts';

export interface DescribeClusterOptions extends OperationOptions {
  readonly includeAuthorizedOperations?: boolean;
  /** KIP-1073. */
  readonly includeFencedBrokers?: boolean;
}

/** Rejects with ClientError. */
export async function describeCluster(
  client: KafkaClient,
  options: DescribeClusterOptions = {},
): Promise<ClusterDescription> {
  const call = client.startCall('listNodes', options);
  const version = await client.versionOf(call, DESCRIBE_CLUSTER);
  if (version === undefined) return describeByMetadata(client, call);
  const response = await client.request(call, DESCRIBE_CLUSTER, {
    includeClusterAuthorizedOperations: options.includeAuthorizedOperations ?? false,
    ...(options.includeFencedBrokers === true ? { includeFencedBrokers: true } : {}),
    ...(client.areControllers ? { endpointType: CONTROLLERS } : {}),
  });
  if (response.errorCode !== 0) throw errorOf(response.errorCode, response.errorMessage);
  const nodes = response.brokers.map(({ brokerId, host, port, rack, isFenced }) => {
    return { id: brokerId, host, port, rack, isFenced };
  });
  return {
    clusterId: response.clusterId,
    controller: nodes.find((node) => node.id === response.controllerId),
    nodes,
    authorizedOperations: options.includeAuthorizedOperations
      ? response.clusterAuthorizedOperations
      : undefined,
  };
}

async function describeByMetadata(client: KafkaClient, call: Call): Promise<ClusterDescription> {
  const response = await client.request(call, METADATA, { topics: [] }, { minVersion: 1 });
  const view = clusterView(response);
  client.learn(view);
  return {
    clusterId: view.clusterId,
    controller: view.controller,
    nodes: [...view.nodes.values()].map((node) => ({ ...node, isFenced: false })),
    authorizedOperations: undefined,
  };
}
