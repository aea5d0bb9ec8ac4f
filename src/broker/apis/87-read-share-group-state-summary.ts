// ReadShareGroupStateSummary v0-1
//
// Behavior: where share partitions stand, without the state of single records.
//
// Version notes: v1 how many records are done with (KIP-1226).

import { READ_SHARE_GROUP_STATE_SUMMARY } from '../../protocol/generated/apis/read-share-group-state-summary.ts';
import { handler } from '../handler.ts';
import { eachPartition, everyPartition } from '../share/state-requests.ts';

export const readShareGroupStateSummary = handler(READ_SHARE_GROUP_STATE_SUMMARY, {
  minVersion: 0,
  maxVersion: 1,
  async handle(request, context) {
    const { shareCoordinator } = context.services;
    const results = await eachPartition(request, (key) => shareCoordinator.readSummary(key));
    return { results };
  },
  failed: (request, errorCode, errorMessage) => ({
    results: everyPartition(request, { errorCode, errorMessage }),
  }),
});
