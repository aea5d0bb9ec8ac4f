// ShareGroupDescribe v1
//
// Behavior: share groups with epochs, members and what each was given (KIP-932).

import { Errors } from '../../protocol/errors.ts';
import { SHARE_GROUP_DESCRIBE } from '../../protocol/generated/apis/share-group-describe.ts';
import { GROUP_OPERATIONS, OPERATIONS_NOT_ASKED } from '../authorization.ts';
import { handler } from '../handler.ts';
import { areShareGroupsEnabled } from '../share/share-requests.ts';

export const shareGroupDescribe = handler(SHARE_GROUP_DESCRIBE, {
  minVersion: 1,
  maxVersion: 1,
  async handle({ groupIds, includeAuthorizedOperations }, context) {
    if (!areShareGroupsEnabled(context)) {
      const errorCode = Errors.UNSUPPORTED_VERSION;
      return { groups: groupIds.map((groupId) => ({ groupId, errorCode })) };
    }
    const described = await context.services.groups.share.describe(groupIds);
    const groups = described.map((group) => ({
      ...group,
      authorizedOperations:
        includeAuthorizedOperations && (group.errorCode ?? Errors.NONE) === Errors.NONE
          ? GROUP_OPERATIONS
          : OPERATIONS_NOT_ASKED,
    }));
    return { groups };
  },
  failed: ({ groupIds }, errorCode, errorMessage) => ({
    groups: groupIds.map((groupId) => ({ groupId, errorCode, errorMessage })),
  }),
});
