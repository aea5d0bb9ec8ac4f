// A partition's wait for the transaction coordinator's word that a producer's transaction holds the partition (KIP-890).
// Whoever asks gets a guard; the append has to show the same one, so that a word from before an abort counts for nothing.
// (org.apache.kafka.storage.internals.log.VerificationGuard, VerificationStateEntry)

/** Compared by identity. */
export class VerificationGuard {
  /** Nothing to verify: the transaction has written to the partition already. */
  static readonly SENTINEL = new VerificationGuard();

  /** The sentinel verifies nothing. */
  verifies(shown: VerificationGuard): boolean {
    return this === shown && this !== VerificationGuard.SENTINEL;
  }
}

export class VerificationStateEntry {
  readonly guard = new VerificationGuard();
  readonly startedMs: number;
  /** Whether the producer raises its epoch with each transaction (transaction.version 2). */
  readonly supportsEpochBump: boolean;
  epoch: number;
  /** The lowest sequence that was asked for: a first append with a higher one would leave a gap. */
  lowestSequence: number;

  constructor(startedMs: number, sequence: number, epoch: number, supportsEpochBump: boolean) {
    this.startedMs = startedMs;
    this.lowestSequence = sequence;
    this.epoch = epoch;
    this.supportsEpochBump = supportsEpochBump;
  }

  /** Another request of the same producer waits as well. */
  join(sequence: number, epoch: number): void {
    if (epoch === this.epoch) this.lowestSequence = Math.min(this.lowestSequence, sequence);
    if (epoch <= this.epoch) return;
    this.epoch = epoch;
    this.lowestSequence = sequence;
  }
}
