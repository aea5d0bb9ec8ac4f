// ConsumerGroupHeartbeat v0-1
//
// Behavior: the one request of the new consumer protocol (KIP-848): joins, keeps alive, changes the subscription, tells
// what to take up and what to give back, leaves.
//
// Version notes: v1 regular expressions, and members make their own ids (KIP-1082).

import { Errors } from '../../protocol/errors.ts';
import { CONSUMER_GROUP_HEARTBEAT } from '../../protocol/generated/apis/consumer-group-heartbeat.ts';
import { isConsumerEnabled } from '../group-features.ts';
import { groupContext } from '../group-request.ts';
import { handler } from '../handler.ts';

export const consumerGroupHeartbeat = handler(CONSUMER_GROUP_HEARTBEAT, {
  minVersion: 0,
  maxVersion: 1,
  handle(request, context) {
    if (!isConsumerEnabled(context)) return { errorCode: Errors.UNSUPPORTED_VERSION };
    return context.services.groups.consumerGroupHeartbeat(groupContext(context), request);
  },
});
