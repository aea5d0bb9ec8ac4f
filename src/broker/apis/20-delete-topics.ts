// DeleteTopics v1-6
//
// Behavior: the controller decides; the folders are renamed before the answer and removed later.
//
// Version notes:
// v4 is flexible. v5 tells error messages. v6 takes topic ids (KIP-516).

import { specificMessage } from '../../protocol/errors.ts';
import { DELETE_TOPICS } from '../../protocol/generated/apis/delete-topics.ts';
import { handler } from '../handler.ts';

export const deleteTopics = handler(DELETE_TOPICS, {
  minVersion: 1,
  maxVersion: 6,
  roles: ['broker', 'controller'],
  handle: (request, context) => context.services.controller.deleteTopics(request, context),
  failed: (request, code, message) => ({
    responses: [
      ...request.topicNames.map((name) => ({
        name,
        errorCode: code,
        errorMessage: specificMessage(code, message),
      })),
      ...request.topics.map(({ name, topicId }) => ({
        name,
        topicId,
        errorCode: code,
        errorMessage: specificMessage(code, message),
      })),
    ],
  }),
});
