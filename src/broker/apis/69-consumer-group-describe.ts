// ConsumerGroupDescribe v0-1
//
// Behavior: consumer groups (KIP-848) with epochs, members, what each holds and what it should hold.
//
// Version notes: v1 member types (KIP-1099).

import { Errors } from '../../protocol/errors.ts';
import { CONSUMER_GROUP_DESCRIBE } from '../../protocol/generated/apis/consumer-group-describe.ts';
import { withGroupOperations } from '../authorization.ts';
import { isConsumerEnabled } from '../group-features.ts';
import { handler } from '../handler.ts';

export const consumerGroupDescribe = handler(CONSUMER_GROUP_DESCRIBE, {
  minVersion: 0,
  maxVersion: 1,
  async handle(request, context) {
    if (!isConsumerEnabled(context)) {
      const errorCode = Errors.UNSUPPORTED_VERSION;
      return { groups: request.groupIds.map((groupId) => ({ groupId, errorCode })) };
    }
    const { groups } = await context.services.groups.describeConsumerGroups(request);
    return { groups: withGroupOperations(groups!, request.includeAuthorizedOperations) };
  },
  failed: (request, errorCode) => ({
    groups: request.groupIds.map((groupId) => ({ groupId, errorCode })),
  }),
});
