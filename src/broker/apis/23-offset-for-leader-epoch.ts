// OffsetForLeaderEpoch v2-4
//
// Behavior: where an epoch ends in the leader's log, for consumers and followers that check for a diverged log (KIP-101,
// KIP-320). An epoch that isn't known gives -1 and -1.
//
// Version notes: v2 takes the client's leader epoch; v3 its replica id; v4 is flexible.

import { OFFSET_FOR_LEADER_EPOCH } from '../../protocol/generated/apis/offset-for-leader-epoch.ts';
import { errorCodeOf } from '../error-code.ts';
import { handler } from '../handler.ts';

export const offsetForLeaderEpoch = handler(OFFSET_FOR_LEADER_EPOCH, {
  minVersion: 2,
  maxVersion: 4,
  handle(request, context) {
    const { services } = context;
    return {
      topics: request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => {
          try {
            const replica = services.replicas.leading(topic, partition);
            replica.checkLeaderEpoch(currentLeaderEpoch);
            const end = replica.endOffsetForEpoch(leaderEpoch);
            return { partition, leaderEpoch: end.epoch, endOffset: end.endOffset };
          } catch (error) {
            return { partition, errorCode: errorCodeOf(error, services.log) };
          }
        }),
      })),
    };
  },
  failed: (request, errorCode) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode })),
    })),
  }),
});
