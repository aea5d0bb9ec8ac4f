// ReadShareGroupState v0
//
// Behavior: the state of share partitions, for the leader of the partition, which with this fences those before it.

import { READ_SHARE_GROUP_STATE } from '../../protocol/generated/apis/read-share-group-state.ts';
import { handler } from '../handler.ts';
import { eachPartition, everyPartition } from '../share/state-requests.ts';

export const readShareGroupState = handler(READ_SHARE_GROUP_STATE, {
  minVersion: 0,
  maxVersion: 0,
  async handle(request, context) {
    const { shareCoordinator } = context.services;
    const results = await eachPartition(request, (key, { leaderEpoch }) =>
      shareCoordinator.read(key, leaderEpoch),
    );
    return { results };
  },
  failed: (request, errorCode, errorMessage) => ({
    results: everyPartition(request, { errorCode, errorMessage }),
  }),
});
