// Whether transactional records may be written (KIP-890): into a transaction that has written here already, or one that the
// coordinator has just vouched for. Asks nobody: the broker does, between startVerification and the append.

import type { Clock } from '../io/io.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import { isControl, producerEpoch, producerId } from '../records/record-batch.ts';
import type { ProducerStateManager } from './producer-state-manager.ts';
import { VerificationGuard } from './verification-state.ts';

/** What this uses of a UnifiedLog. */
export interface VerifyingLog {
  readonly io: { readonly clock: Clock };
  readonly producerState: ProducerStateManager;
}

/** Records come only into a transaction that the coordinator knows to be open here (KIP-890); markers always. */
export function checkTransaction(
  log: VerifyingLog,
  b: Buffer,
  at: number,
  shown: VerificationGuard = VerificationGuard.SENTINEL,
): void {
  const { producerState } = log;
  const id = producerId(b, at);
  const epoch = producerEpoch(b, at);
  if (producerState.hasOngoingTransaction(id, epoch)) return;
  refuseOldEpoch(log, id, epoch);
  if (!producerState.verifiesTransactions || isControl(b, at)) return;
  if (producerState.verification(id)?.guard.verifies(shown) === true) return;
  throw new ApiError(Errors.INVALID_TXN_STATE, 'Record was not part of an ongoing transaction');
}

function refuseOldEpoch(log: VerifyingLog, id: number, epoch: number): void {
  const entry = log.producerState.entry(id);
  if (entry === undefined || epoch >= entry.producerEpoch) return;
  throw new ApiError(
    Errors.INVALID_PRODUCER_EPOCH,
    `Epoch of producer ${id} is ${epoch}, which is smaller than the last seen epoch ${entry.producerEpoch}`,
  );
}

/** Not a marker that came twice: whoever writes the next transaction may be waiting for its word already. */
export function endsVerification(log: VerifyingLog, b: Buffer, at: number): boolean {
  const verification = log.producerState.verification(producerId(b, at));
  if (verification === undefined) return false;
  const isRepeated = isControl(b, at) && producerEpoch(b, at) === verification.epoch;
  return !(verification.supportsEpochBump && isRepeated);
}

/**
 * The guard that the append has to show once the coordinator has given its word; the sentinel when none is needed.
 * Throws INVALID_PRODUCER_EPOCH.
 */
export function startVerification(
  log: VerifyingLog,
  id: number,
  sequence: number,
  epoch: number,
  supportsEpochBump: boolean,
): VerificationGuard {
  refuseOldEpoch(log, id, epoch);
  const { producerState, io } = log;
  if (producerState.hasOngoingTransaction(id, epoch)) return VerificationGuard.SENTINEL;
  return producerState.startVerification(id, sequence, epoch, supportsEpochBump, io.clock.nowMs())
    .guard;
}
