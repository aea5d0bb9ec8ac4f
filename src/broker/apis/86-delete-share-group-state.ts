// DeleteShareGroupState v0
//
// Behavior: the share coordinator forgets the state of share partitions.

import { DELETE_SHARE_GROUP_STATE } from '../../protocol/generated/apis/delete-share-group-state.ts';
import { handler } from '../handler.ts';
import { eachPartition, everyPartition } from '../share/state-requests.ts';

export const deleteShareGroupState = handler(DELETE_SHARE_GROUP_STATE, {
  minVersion: 0,
  maxVersion: 0,
  async handle(request, context) {
    const { shareCoordinator } = context.services;
    const results = await eachPartition(request, (key) => shareCoordinator.delete(key));
    return { results };
  },
  failed: (request, errorCode, errorMessage) => ({
    results: everyPartition(request, { errorCode, errorMessage }),
  }),
});
