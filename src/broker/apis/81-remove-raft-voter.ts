// RemoveRaftVoter v0
//
// Behavior: refused as by Apache Kafka while kraft.version is 0 (KIP-853); with kraft.version 1 for any node but this
// one, which isn't a voter then, and for this one, which is the only voter.

import { Errors } from '../../protocol/errors.ts';
import { REMOVE_RAFT_VOTER } from '../../protocol/generated/apis/remove-raft-voter.ts';
import { handler } from '../handler.ts';

export const removeRaftVoter = handler(REMOVE_RAFT_VOTER, {
  minVersion: 0,
  maxVersion: 0,
  roles: ['broker', 'controller'],
  handle({ voterId }, { services }) {
    if (services.controller.kraftVersion === 0) {
      return refusal(
        Errors.UNSUPPORTED_VERSION,
        "Cluster doesn't support removing voter because the kraft.version feature is 0",
      );
    }
    return voterId === services.controller.nodeId
      ? refusal(Errors.INVALID_REQUEST, `Controller ${voterId} is the only voter of its quorum`)
      : refusal(Errors.VOTER_NOT_FOUND, `Controller ${voterId} is no voter of this quorum`);
  },
});

const refusal = (errorCode: number, errorMessage: string) => {
  return { throttleTimeMs: 0, errorCode, errorMessage };
};
