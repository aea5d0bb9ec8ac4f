// The delivery state of a record, or of a whole batch of records, in a share group (KIP-932): who holds it, how often
// it was delivered, and a change that isn't in the share coordinator's log yet. Kafka: RecordState, InFlightState.

/** As in the records of __share_group_state. */
export const RecordState = {
  AVAILABLE: 0,
  ACQUIRED: 1,
  ACKNOWLEDGED: 2,
  ARCHIVED: 4,
} as const;
export type RecordState = (typeof RecordState)[keyof typeof RecordState];

/** Nobody holds the record. */
export const NO_MEMBER = '';
export const NO_LOCK = Number.POSITIVE_INFINITY;

export function isTerminal(state: RecordState): boolean {
  return state === RecordState.ACKNOWLEDGED || state === RecordState.ARCHIVED;
}

/** Undefined for a number that is no state. */
export function recordStateOf(id: number): RecordState | undefined {
  return Object.values(RecordState).find((state) => state === id);
}

interface Rollback {
  readonly state: RecordState;
  readonly memberId: string;
  readonly maxDeliveryCount: number;
}

export class InFlightState {
  state: RecordState;
  deliveryCount: number;
  memberId: string;
  /** When the acquisition lock ends, on the monotonic clock. */
  lockDeadlineMs: number;
  /** What to go back to while a change is on its way to the share coordinator. */
  #rollback: Rollback | undefined;
  /** Archived for good: a change that fails doesn't bring it back. */
  #isArchived = false;

  constructor(
    state: RecordState,
    deliveryCount: number,
    memberId: string,
    lockDeadlineMs: number = NO_LOCK,
  ) {
    this.state = state;
    this.deliveryCount = deliveryCount;
    this.memberId = memberId;
    this.lockDeadlineMs = lockDeadlineMs;
  }

  copy(): InFlightState {
    return new InFlightState(this.state, this.deliveryCount, this.memberId, this.lockDeadlineMs);
  }

  get isChanging(): boolean {
    return this.#rollback !== undefined;
  }

  get isAvailable(): boolean {
    return this.state === RecordState.AVAILABLE && !this.isChanging;
  }

  /** AVAILABLE → ACQUIRED: one delivery more. False when it isn't to be had. */
  acquire(memberId: string, lockDeadlineMs: number): boolean {
    if (!this.isAvailable) return false;
    this.state = RecordState.ACQUIRED;
    this.deliveryCount++;
    this.memberId = memberId;
    this.lockDeadlineMs = lockDeadlineMs;
    return true;
  }

  /**
   * ACQUIRED → `next`, nobody's any more; one that was delivered `maxDeliveryCount` times is archived instead of being
   * available again. False when it isn't acquired or changing already.
   */
  leave(next: RecordState, maxDeliveryCount: number): boolean {
    if (this.state !== RecordState.ACQUIRED || this.isChanging || next === RecordState.ACQUIRED) {
      return false;
    }
    const isWornOut = next === RecordState.AVAILABLE && this.deliveryCount >= maxDeliveryCount;
    this.state = isWornOut ? RecordState.ARCHIVED : next;
    this.memberId = NO_MEMBER;
    return true;
  }

  /** As leave, to be completed when the share coordinator has it. The lock goes on till then. */
  startLeaving(next: RecordState, maxDeliveryCount: number): boolean {
    const { state, memberId } = this;
    if (!this.leave(next, maxDeliveryCount)) return false;
    this.#rollback = { state, memberId, maxDeliveryCount };
    return true;
  }

  /** Not committed: it is the member's again, unless its lock ended meanwhile. */
  complete(isCommitted: boolean, nowMs: number): void {
    const rollback = this.#rollback;
    this.#rollback = undefined;
    if (isCommitted || this.#isArchived || rollback === undefined) {
      this.lockDeadlineMs = NO_LOCK;
      return;
    }
    if (this.lockDeadlineMs <= nowMs) {
      const isWornOut = this.deliveryCount >= rollback.maxDeliveryCount;
      this.state = isWornOut ? RecordState.ARCHIVED : RecordState.AVAILABLE;
      this.memberId = NO_MEMBER;
      this.lockDeadlineMs = NO_LOCK;
    } else {
      this.state = rollback.state;
      this.memberId = rollback.memberId;
    }
  }

  /** The record is gone from the log, or was never to be delivered. */
  archive(): void {
    this.#isArchived = true;
    this.state = RecordState.ARCHIVED;
    this.memberId = NO_MEMBER;
    this.lockDeadlineMs = NO_LOCK;
  }
}
