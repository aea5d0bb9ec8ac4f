// CreatePartitions v0-3
//
// Behavior: the controller decides; the answer comes when this broker has the new partitions' folders.
//
// Version notes: v2 is flexible; v3 may be throttled (KIP-599).

import { specificMessage } from '../../protocol/errors.ts';
import { CREATE_PARTITIONS } from '../../protocol/generated/apis/create-partitions.ts';
import { handler } from '../handler.ts';

export const createPartitions = handler(CREATE_PARTITIONS, {
  minVersion: 0,
  maxVersion: 3,
  roles: ['broker', 'controller'],
  handle: (request, context) => context.services.controller.createPartitions(request, context),
  failed: (request, code, message) => ({
    results: request.topics.map(({ name }) => ({
      name,
      errorCode: code,
      errorMessage: specificMessage(code, message),
    })),
  }),
});
