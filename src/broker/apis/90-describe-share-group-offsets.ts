// DescribeShareGroupOffsets v0-1
//
// Behavior: where share groups stand: start offset and leader epoch of each partition asked for, or of all that the group
// has state for.
//
// Version notes: v1 the lag (KIP-1226).

import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_SHARE_GROUP_OFFSETS } from '../../protocol/generated/apis/describe-share-group-offsets.ts';
import { handler } from '../handler.ts';
import { areShareGroupsEnabled } from '../share/share-requests.ts';

export const describeShareGroupOffsets = handler(DESCRIBE_SHARE_GROUP_OFFSETS, {
  minVersion: 0,
  maxVersion: 1,
  async handle(request, context) {
    if (!areShareGroupsEnabled(context)) {
      const errorCode = Errors.UNSUPPORTED_VERSION;
      return { groups: request.groups.map(({ groupId }) => ({ groupId, errorCode })) };
    }
    const { share } = context.services.groups;
    const groups = await Promise.all(request.groups.map((group) => share.describeOffsets(group)));
    return { groups };
  },
  failed: (request, errorCode, errorMessage) => ({
    groups: request.groups.map(({ groupId }) => ({ groupId, errorCode, errorMessage })),
  }),
});
