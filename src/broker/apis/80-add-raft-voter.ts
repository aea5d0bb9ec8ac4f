// AddRaftVoter v0-1
//
// Behavior: refused as by Apache Kafka while kraft.version is 0 (KIP-853); with kraft.version 1 because this node leads
// its quorum alone, and stays the only voter.
//
// Version notes: v1 adds ackWhenCommitted.

import { Errors } from '../../protocol/errors.ts';
import { ADD_RAFT_VOTER } from '../../protocol/generated/apis/add-raft-voter.ts';
import { handler } from '../handler.ts';

export const addRaftVoter = handler(ADD_RAFT_VOTER, {
  minVersion: 0,
  maxVersion: 1,
  roles: ['broker', 'controller'],
  handle(_request, { services }) {
    const isStatic = services.controller.kraftVersion === 0;
    return {
      throttleTimeMs: 0,
      errorCode: isStatic ? Errors.UNSUPPORTED_VERSION : Errors.INVALID_REQUEST,
      errorMessage: isStatic
        ? "Cluster doesn't support adding voter because the kraft.version feature is 0"
        : 'This controller leads its quorum alone: it takes no other voters',
    };
  },
});
