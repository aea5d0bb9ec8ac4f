// InitializeShareGroupState v0
//
// Behavior: the share coordinator begins to keep the state of share partitions (KIP-932).

import { INITIALIZE_SHARE_GROUP_STATE } from '../../protocol/generated/apis/initialize-share-group-state.ts';
import { handler } from '../handler.ts';
import { eachPartition, everyPartition } from '../share/state-requests.ts';

export const initializeShareGroupState = handler(INITIALIZE_SHARE_GROUP_STATE, {
  minVersion: 0,
  maxVersion: 0,
  async handle(request, context) {
    const { shareCoordinator } = context.services;
    const results = await eachPartition(
      request,
      (key, { stateEpoch, startOffset }) =>
        shareCoordinator.initialize(key, stateEpoch, startOffset),
      true,
    );
    return { results };
  },
  failed: (request, errorCode, errorMessage) => ({
    results: everyPartition(request, { errorCode, errorMessage }),
  }),
});
