// StreamsGroupDescribe v0
//
// Behavior: streams groups (KIP-1071) with topology, epochs, members, which tasks each runs and which it should run.

import { Errors } from '../../protocol/errors.ts';
import { STREAMS_GROUP_DESCRIBE } from '../../protocol/generated/apis/streams-group-describe.ts';
import { withGroupOperations } from '../authorization.ts';
import { isStreamsEnabled } from '../group-features.ts';
import { handler } from '../handler.ts';

export const streamsGroupDescribe = handler(STREAMS_GROUP_DESCRIBE, {
  minVersion: 0,
  maxVersion: 0,
  async handle(request, context) {
    if (!isStreamsEnabled(context)) {
      const errorCode = Errors.UNSUPPORTED_VERSION;
      return { groups: request.groupIds.map((groupId) => ({ groupId, errorCode })) };
    }
    const { groups } = await context.services.groups.describeStreamsGroups(request);
    return { groups: withGroupOperations(groups!, request.includeAuthorizedOperations) };
  },
  failed: (request, errorCode) => ({
    groups: request.groupIds.map((groupId) => ({ groupId, errorCode })),
  }),
});
