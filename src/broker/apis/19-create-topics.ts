// CreateTopics v2-7
//
// Behavior: the controller decides; the answer comes when this broker has the partitions' folders, so that a client
// may produce at once. validateOnly checks all and creates nothing.
//
// Version notes:
// v4: -1 partitions or replicas mean the broker's defaults (KIP-464). v5 is flexible and tells the topic's configs
// (KIP-525). v6 may be throttled (KIP-599). v7 tells the topic id (KIP-516).

import { specificMessage } from '../../protocol/errors.ts';
import { CREATE_TOPICS } from '../../protocol/generated/apis/create-topics.ts';
import { handler } from '../handler.ts';

export const createTopics = handler(CREATE_TOPICS, {
  minVersion: 2,
  maxVersion: 7,
  roles: ['broker', 'controller'],
  handle: (request, context) => context.services.controller.createTopics(request, context),
  failed: (request, code, message) => ({
    topics: request.topics.map(({ name }) => ({
      name,
      errorCode: code,
      errorMessage: specificMessage(code, message),
    })),
  }),
});
