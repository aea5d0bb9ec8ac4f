// WriteShareGroupState v0-1
//
// Behavior: adds to the state of share partitions what has become of records.
//
// Version notes: v1 how many records are done with (KIP-1226).

import { WRITE_SHARE_GROUP_STATE } from '../../protocol/generated/apis/write-share-group-state.ts';
import { handler } from '../handler.ts';
import { eachPartition, everyPartition } from '../share/state-requests.ts';

export const writeShareGroupState = handler(WRITE_SHARE_GROUP_STATE, {
  minVersion: 0,
  maxVersion: 1,
  async handle(request, context) {
    const { shareCoordinator } = context.services;
    const results = await eachPartition(request, (key, state) =>
      shareCoordinator.write(key, state),
    );
    return { results };
  },
  failed: (request, errorCode, errorMessage) => ({
    results: everyPartition(request, { errorCode, errorMessage }),
  }),
});
