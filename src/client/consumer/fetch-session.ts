// An incremental fetch session with one broker (KIP-227): only what changed since the last request is sent.
// Pure bookkeeping (Kafka's FetchSessionHandler).

import { ZERO_UUID } from '../../common/uuid.ts';
import { Errors } from '../../protocol/errors.ts';

const INITIAL_EPOCH = 0;
const FINAL_EPOCH = -1;

export interface FetchTarget {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly fetchOffset: number;
  readonly currentLeaderEpoch: number;
  readonly maxBytes: number;
}

export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  /** All targets of a full request; the new and the changed ones of an incremental one. */
  readonly toSend: readonly FetchTarget[];
  readonly toForget: readonly FetchTarget[];
  readonly usesTopicIds: boolean;
}

export class FetchSession {
  #sessionId = 0;
  #epoch = INITIAL_EPOCH;
  #known = new Map<string, FetchTarget>();
  #usedTopicIds = true;

  /** The request for these targets, by partition key. */
  next(targets: ReadonlyMap<string, FetchTarget>, brokerKnowsIds: boolean): SessionRequest {
    const usesTopicIds =
      brokerKnowsIds && [...targets.values()].every((target) => target.topicId !== ZERO_UUID);
    if (this.#epoch !== INITIAL_EPOCH && usesTopicIds !== this.#usedTopicIds)
      this.#epoch = INITIAL_EPOCH;
    this.#usedTopicIds = usesTopicIds;
    const previous = this.#epoch === INITIAL_EPOCH ? new Map<string, FetchTarget>() : this.#known;
    const toSend: FetchTarget[] = [];
    const toForget: FetchTarget[] = [];
    for (const [key, target] of targets) {
      const before = previous.get(key);
      if (before === undefined || hasChanged(before, target)) toSend.push(target);
    }
    for (const [key, target] of previous) {
      const now = targets.get(key);
      // A topic that was made anew under its name leaves with its old id (KIP-516).
      if (now === undefined || now.topicId !== target.topicId) toForget.push(target);
    }
    this.#known = new Map(targets);
    return {
      sessionId: this.#sessionId,
      sessionEpoch: this.#epoch,
      toSend,
      toForget,
      usesTopicIds,
    };
  }

  /** After an answer. False when the session is void and the next request will be a full one. */
  answered(errorCode: number, sessionId: number): boolean {
    if (errorCode !== 0) {
      // Only an unknown session needs no closing by the next request.
      if (
        errorCode === Errors.FETCH_SESSION_ID_NOT_FOUND ||
        errorCode === Errors.FETCH_SESSION_TOPIC_ID_ERROR
      ) {
        this.#sessionId = 0;
      }
      this.#epoch = INITIAL_EPOCH;
      return false;
    }
    if (sessionId === 0) {
      this.#sessionId = 0;
      this.#epoch = INITIAL_EPOCH;
    } else {
      this.#epoch = sessionId === this.#sessionId ? nextEpoch(this.#epoch) : 1;
      this.#sessionId = sessionId;
    }
    return true;
  }

  /** After a lost connection: whether the broker saw the request isn't known. */
  failed(): void {
    this.#epoch = INITIAL_EPOCH;
  }

  /** The request that ends the session; undefined when there is none. */
  closing(): SessionRequest | undefined {
    if (this.#sessionId === 0) return undefined;
    const sessionId = this.#sessionId;
    const usedTopicIds = this.#usedTopicIds;
    this.#sessionId = 0;
    return {
      sessionId,
      sessionEpoch: FINAL_EPOCH,
      toSend: [],
      toForget: [],
      usesTopicIds: usedTopicIds,
    };
  }
}

function hasChanged(before: FetchTarget, now: FetchTarget): boolean {
  return (
    before.fetchOffset !== now.fetchOffset ||
    before.currentLeaderEpoch !== now.currentLeaderEpoch ||
    before.maxBytes !== now.maxBytes ||
    before.topicId !== now.topicId
  );
}

/** FetchMetadata.nextEpoch: after the last comes 1. */
function nextEpoch(epoch: number): number {
  return epoch === 0x7fffffff ? 1 : epoch + 1;
}
