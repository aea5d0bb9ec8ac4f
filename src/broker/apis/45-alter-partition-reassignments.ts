// AlterPartitionReassignments v0-1
//
// Behavior: the controller decides (KIP-455). Where no other broker is registered a partition stays where it is.
//
// Version notes: v1 may forbid to change the replication factor (KIP-860).

import { specificMessage } from '../../protocol/errors.ts';
import { ALTER_PARTITION_REASSIGNMENTS } from '../../protocol/generated/apis/alter-partition-reassignments.ts';
import { handler } from '../handler.ts';

export const alterPartitionReassignments = handler(ALTER_PARTITION_REASSIGNMENTS, {
  minVersion: 0,
  maxVersion: 1,
  roles: ['broker', 'controller'],
  handle: (request, context) => context.services.controller.alterPartitionReassignments(request),
  failed(request, errorCode, message) {
    const error = { errorCode, errorMessage: specificMessage(errorCode, message) };
    const responses = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...error })),
    }));
    return { ...error, responses };
  },
});
