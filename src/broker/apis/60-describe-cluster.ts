// DescribeCluster v0-2
//
// Behavior: cluster id, controller and nodes. A broker listener tells brokers and refuses to tell controllers, a
// controller listener the other way round (KIP-919).
//
// Version notes: v1 adds endpointType; v2 tells fenced brokers when asked (KIP-1073).

import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_CLUSTER } from '../../protocol/generated/apis/describe-cluster.ts';
import { CLUSTER_OPERATIONS, OPERATIONS_NOT_ASKED } from '../authorization.ts';
import { handler, type ListenerRole } from '../handler.ts';

const BROKER_ENDPOINTS = 1;
const CONTROLLER_ENDPOINTS = 2;

export const describeCluster = handler(DESCRIBE_CLUSTER, {
  minVersion: 0,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle(request, context) {
    const refusal = refuse(request.endpointType, context.role);
    if (refusal !== undefined) return refusal;
    const { clusterId, metadata } = context.services;
    const clusterAuthorizedOperations = request.includeClusterAuthorizedOperations
      ? CLUSTER_OPERATIONS
      : OPERATIONS_NOT_ASKED;
    if (context.role === 'controller') {
      const brokers = metadata.controllers(context.listenerName).map(({ nodeId, host, port }) => ({
        brokerId: nodeId,
        host,
        port,
      }));
      return {
        endpointType: CONTROLLER_ENDPOINTS,
        clusterId,
        controllerId: metadata.activeControllerId(),
        brokers,
        clusterAuthorizedOperations,
      };
    }
    const brokers = metadata
      .brokers(context.listenerName)
      .filter((broker) => !broker.isFenced || request.includeFencedBrokers)
      .map(({ nodeId, host, port, rack, isFenced }) => ({
        brokerId: nodeId,
        host,
        port,
        rack,
        ...(context.apiVersion >= 2 ? { isFenced } : {}),
      }));
    return {
      endpointType: BROKER_ENDPOINTS,
      clusterId,
      controllerId: metadata.controllerId(),
      brokers,
      clusterAuthorizedOperations,
    };
  },
});

function refuse(
  endpointType: number,
  role: ListenerRole,
): { errorCode: number; errorMessage: string } | undefined {
  if (endpointType === BROKER_ENDPOINTS) {
    return role === 'broker'
      ? undefined
      : {
          errorCode: Errors.MISMATCHED_ENDPOINT_TYPE,
          errorMessage:
            'The request was sent to an endpoint of type CONTROLLER, but we wanted an endpoint of type BROKER',
        };
  }
  if (endpointType === CONTROLLER_ENDPOINTS) {
    return role === 'controller'
      ? undefined
      : {
          errorCode: Errors.MISMATCHED_ENDPOINT_TYPE,
          errorMessage:
            'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
        };
  }
  return {
    errorCode: Errors.UNSUPPORTED_ENDPOINT_TYPE,
    errorMessage: `Unsupported endpoint type ${endpointType}`,
  };
}
