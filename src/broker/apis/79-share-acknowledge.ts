// ShareAcknowledge v1-2
//
// Behavior: keeps what a member says about records that it holds; nothing is fetched (KIP-932). Epoch -1 ends the share
// session and gives back what the member holds still.
//
// Version notes: v2 renewals (KIP-1222) and tells how long locks last.

import { ApiError, Errors } from '../../protocol/errors.ts';
import { SHARE_ACKNOWLEDGE } from '../../protocol/generated/apis/share-acknowledge.ts';
import { handler } from '../handler.ts';
import {
  acknowledgementsOf,
  byTopic,
  handleAcknowledgements,
  type LeaderEndpoint,
  leaderNews,
  shareIdentity,
} from '../share/share-requests.ts';
import { advanceEpoch, FINAL_EPOCH, INITIAL_EPOCH } from '../share/share-session.ts';

export const shareAcknowledge = handler(SHARE_ACKNOWLEDGE, {
  minVersion: 1,
  maxVersion: 2,
  async handle(request, context) {
    const identity = shareIdentity(request, context);
    const { share } = context.services;
    const { shareSessionEpoch: epoch } = request;
    if (epoch === INITIAL_EPOCH) throw new ApiError(Errors.INVALID_SHARE_SESSION_EPOCH);
    const session = share.sessions.get(identity.groupId, identity.memberId, epoch);
    if (epoch !== FINAL_EPOCH) advanceEpoch(session);
    const outcomes = await handleAcknowledgements(
      identity,
      acknowledgementsOf(request.topics),
      context.apiVersion >= 2 && request.isRenewAck,
      context,
    );
    if (epoch === FINAL_EPOCH) await share.closeSession(session);
    const nodeEndpoints: LeaderEndpoint[] = [];
    const answered = outcomes.map(({ topicId, partition, errorCode, errorMessage }) => ({
      topicId,
      partition,
      data: {
        partitionIndex: partition,
        errorCode,
        errorMessage,
        ...leaderNews({ topicId, partition }, errorCode, context, nodeEndpoints),
      },
    }));
    const response = {
      responses: byTopic(answered),
      ...(nodeEndpoints.length > 0 ? { nodeEndpoints } : {}),
    };
    if (context.apiVersion < 2) return response;
    const acquisitionLockTimeoutMs = share.settings(identity.groupId).recordLockDurationMs;
    return { ...response, acquisitionLockTimeoutMs };
  },
  failed: (_, errorCode) => ({ errorCode }),
});
