// ElectLeaders v0-2
//
// Behavior: the controller decides (KIP-183, KIP-460).
//
// Version notes: v1 adds unclean elections and the error at the top; v2 is flexible.

import { specificMessage } from '../../protocol/errors.ts';
import { ELECT_LEADERS } from '../../protocol/generated/apis/elect-leaders.ts';
import { handler } from '../handler.ts';

export const electLeaders = handler(ELECT_LEADERS, {
  minVersion: 0,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle: (request, context) => context.services.controller.electLeaders(request),
  failed: (request, errorCode, message, apiVersion) => ({
    ...(apiVersion >= 1 ? { errorCode } : {}),
    replicaElectionResults: (request.topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({
        partitionId,
        errorCode,
        errorMessage: specificMessage(errorCode, message),
      })),
    })),
  }),
});
