// A member's answer about records that it holds: accepted, released, rejected, held longer, or not there at all.
// Starts the changes and lists them for the share coordinator; whoever calls completes or takes back what was started,
// also when this throws half way. Pure. Kafka: SharePartition.acknowledge.

import { ApiError, Errors } from '../../protocol/errors.ts';
import type { InFlightBatch } from './in-flight-batch.ts';
import type { InFlightWindow } from './in-flight-window.ts';
import { type InFlightState, RecordState } from './record-state.ts';

/** One range of a ShareFetch or ShareAcknowledge; `types` has one entry for all offsets or one for each. */
export interface AcknowledgementBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly acknowledgeTypes: readonly number[];
}

export const AcknowledgeType = {
  /** There is no record at this offset. */
  GAP: 0,
  ACCEPT: 1,
  RELEASE: 2,
  REJECT: 3,
  /** KIP-1222: the lock begins anew. */
  RENEW: 4,
} as const;

const NEXT_STATE: ReadonlyMap<number, RecordState> = new Map([
  [AcknowledgeType.GAP, RecordState.ARCHIVED],
  [AcknowledgeType.ACCEPT, RecordState.ACKNOWLEDGED],
  [AcknowledgeType.RELEASE, RecordState.AVAILABLE],
  [AcknowledgeType.REJECT, RecordState.ARCHIVED],
]);

/** A change of state that has been started. */
export interface StateChange {
  readonly state: InFlightState;
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** What it changes to. */
  readonly to: RecordState;
  readonly deliveryCount: number;
}

export interface AcknowledgeOptions {
  readonly memberId: string;
  readonly maxDeliveryCount: number;
  readonly isRenewEnabled: boolean;
  /** Of a lock that is renewed now. */
  readonly lockDeadlineMs: number;
}

/**
 * Changes are added to `changes` as they are started.
 * @throws ApiError INVALID_REQUEST, INVALID_RECORD_STATE; those added before must be taken back
 */
export function acknowledge(
  window: InFlightWindow,
  batches: readonly AcknowledgementBatch[],
  options: AcknowledgeOptions,
  changes: StateChange[],
): void {
  for (const batch of batches) {
    const unknown = batch.acknowledgeTypes.find((type) => type < 0 || type > AcknowledgeType.RENEW);
    if (unknown !== undefined) {
      throw new ApiError(
        Errors.INVALID_REQUEST,
        `Invalid acknowledge type: [${batch.acknowledgeTypes.join(', ')}]`,
      );
    }
    if (batch.lastOffset < window.startOffset) continue;
    for (const inFlight of batchesOf(window, batch)) {
      acknowledgeOne(window, batch, inFlight, options, changes);
    }
  }
}

/** The batches in flight that hold the range, and all of it. */
function batchesOf(window: InFlightWindow, batch: AcknowledgementBatch): InFlightBatch[] {
  const { firstOffset, lastOffset } = batch;
  let floor = window.batches.floor(firstOffset);
  if (floor === undefined && window.isCutByStart(firstOffset, lastOffset)) {
    floor = window.batches.floor(window.startOffset);
  }
  if (floor === undefined) {
    throw new ApiError(
      Errors.INVALID_RECORD_STATE,
      'Batch record not found. The request batch offsets are not found in the cache.',
    );
  }
  const found = window.batches.beginningIn(floor.firstOffset, lastOffset);
  const last = found[found.length - 1]!.lastOffset;
  if (last < firstOffset) {
    throw new ApiError(
      Errors.INVALID_REQUEST,
      'Batch record not found. The first offset in request is past acquired records.',
    );
  }
  if (lastOffset > last) {
    throw new ApiError(
      Errors.INVALID_REQUEST,
      'Batch record not found. The last offset in request is past acquired records.',
    );
  }
  return found;
}

function acknowledgeOne(
  window: InFlightWindow,
  batch: AcknowledgementBatch,
  inFlight: InFlightBatch,
  options: AcknowledgeOptions,
  changes: StateChange[],
): void {
  const { firstOffset, lastOffset } = inFlight;
  if (lastOffset < window.startOffset || lastOffset < batch.firstOffset) return;
  const { whole } = inFlight;
  if (whole === undefined) {
    acknowledgeOffsets(window, batch, inFlight, options, changes);
    return;
  }
  checkHolder(whole, options.memberId);
  const isWhole =
    inFlight.isWithin(batch.firstOffset, batch.lastOffset) &&
    batch.acknowledgeTypes.length === 1 &&
    !window.isCutByStart(firstOffset, lastOffset);
  if (isWhole) {
    if (whole.state !== RecordState.ACQUIRED) {
      throw invalidState(
        'The batch cannot be acknowledged. The batch is not in the acquired state.',
      );
    }
    apply(whole, firstOffset, lastOffset, batch.acknowledgeTypes[0]!, options, changes);
    return;
  }
  if (whole.state !== RecordState.ACQUIRED) {
    throw invalidState(
      'The batch cannot be acknowledged. The subset batch is not in the acquired state.',
    );
  }
  inFlight.split();
  acknowledgeOffsets(window, batch, inFlight, options, changes);
}

function checkHolder(whole: InFlightState, memberId: string): void {
  if (whole.memberId === '') {
    throw invalidState('The batch cannot be acknowledged. The batch is not in the acquired state.');
  }
  if (whole.memberId !== memberId) throw invalidState('Member is not the owner of batch record');
  if (whole.isChanging) throw new ApiError(Errors.INVALID_RECORD_STATE);
}

function acknowledgeOffsets(
  window: InFlightWindow,
  batch: AcknowledgementBatch,
  inFlight: InFlightBatch,
  options: AcknowledgeOptions,
  changes: StateChange[],
): void {
  const { acknowledgeTypes } = batch;
  const offsets = inFlight.offsets!;
  const from = Math.max(batch.firstOffset, window.startOffset, inFlight.firstOffset);
  const to = Math.min(batch.lastOffset, inFlight.lastOffset);
  for (let offset = from; offset <= to; offset++) {
    const state = offsets[offset - inFlight.firstOffset]!;
    if (state.state !== RecordState.ACQUIRED) {
      throw invalidState('The offset cannot be acknowledged. The offset is not acquired.');
    }
    if (state.isChanging) throw new ApiError(Errors.INVALID_RECORD_STATE);
    if (state.memberId !== options.memberId) {
      throw invalidState('Member is not the owner of offset');
    }
    const index = acknowledgeTypes.length > 1 ? offset - batch.firstOffset : 0;
    apply(state, offset, offset, acknowledgeTypes[index]!, options, changes);
  }
}

function apply(
  state: InFlightState,
  firstOffset: number,
  lastOffset: number,
  type: number,
  options: AcknowledgeOptions,
  changes: StateChange[],
): void {
  if (type === AcknowledgeType.RENEW) {
    if (!options.isRenewEnabled) {
      throw invalidState('Renewing acquisition locks is not enabled for the group.');
    }
    state.lockDeadlineMs = options.lockDeadlineMs;
    return;
  }
  if (!state.startLeaving(NEXT_STATE.get(type)!, options.maxDeliveryCount)) {
    throw invalidState('Unable to acknowledge records for the batch');
  }
  changes.push({
    state,
    firstOffset,
    lastOffset,
    to: state.state,
    deliveryCount: state.deliveryCount,
  });
}

function invalidState(message: string): ApiError {
  return new ApiError(Errors.INVALID_RECORD_STATE, message);
}
