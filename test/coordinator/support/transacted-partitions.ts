// Partitions that transactions write to, with the producer state of the real log and nothing of its files.
// Each write is a token; what became of it is known when a marker has come.

import type { TransactionMarker } from '../../../src/coordinator/runtime/shard-context.ts';
import type {
  MarkerResult,
  MarkerWriter,
} from '../../../src/coordinator/transaction/marker-sender.ts';
import type { ProducerIdAndEpoch } from '../../../src/coordinator/transaction/transaction-shard.ts';
import type { TransactionPartitions } from '../../../src/coordinator/transaction/transaction-state.ts';
import type { Disk } from '../../../src/io/io.ts';
import { ProducerStateConfig } from '../../../src/log/producer-state-config.ts';
import { ProducerStateManager } from '../../../src/log/producer-state-manager.ts';
import { ApiError, Errors } from '../../../src/protocol/errors.ts';
import { buildEndTransactionBatch } from '../../../src/records/control-record.ts';
import { producerId, setBaseOffset } from '../../../src/records/record-batch.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';

class TransactedPartition {
  readonly state = new ProducerStateManager({} as Disk, 'model', '/', {
    config: new ProducerStateConfig({ expirationMs: 1e12 }),
    onWarning: () => {},
  });
  #endOffset = 0;
  readonly #open = new Map<number, string[]>();
  readonly outcomes = new Map<string, 'commit' | 'abort'>();

  write({ producerId: id, producerEpoch }: ProducerIdAndEpoch, token: string): void {
    const entry = this.state.entry(id);
    const baseSequence = entry?.producerEpoch === producerEpoch ? entry.lastSequence + 1 : 0;
    const identity = { producerId: id, producerEpoch, baseSequence, transactional: true };
    this.#append(buildBatch([{ key: null, value: Buffer.from(token) }], identity), 'client');
    const tokens = this.#open.get(id) ?? [];
    this.#open.set(id, tokens);
    tokens.push(token);
  }

  end(marker: TransactionMarker): void {
    const batch = buildEndTransactionBatch({ ...marker, timestamp: 0 });
    this.#append(batch, 'coordinator', marker.transactionVersion);
    for (const token of this.#open.get(marker.producerId) ?? []) {
      this.outcomes.set(token, marker.commit ? 'commit' : 'abort');
    }
    this.#open.delete(marker.producerId);
  }

  #append(batch: Buffer, origin: 'client' | 'coordinator', transactionVersion?: number): void {
    setBaseOffset(batch, 0, this.#endOffset);
    const info = this.state.prepare(producerId(batch, 0), origin);
    const completed = info.append(batch, 0, transactionVersion);
    this.state.apply(info);
    if (completed !== undefined) this.state.completeTransaction(completed);
    this.#endOffset++;
  }
}

export class TransactedPartitions implements MarkerWriter {
  readonly #partitions = new Map<string, TransactedPartition>();
  readonly deleted = new Set<string>();
  /** Errors of the next markers, one each. */
  readonly failures: number[] = [];
  markers: (TransactionMarker & { readonly where: string })[] = [];
  /** While true markers wait. */
  isHeld = false;
  #held: (() => void)[] = [];

  of(topic: string, index: number): TransactedPartition {
    const name = `${topic}-${index}`;
    let found = this.#partitions.get(name);
    if (found === undefined) {
      found = new TransactedPartition();
      this.#partitions.set(name, found);
    }
    return found;
  }

  all(): [string, TransactedPartition][] {
    return [...this.#partitions];
  }

  exists(topic: string, partition: number): boolean {
    return !this.deleted.has(`${topic}-${partition}`);
  }

  release(): void {
    this.isHeld = false;
    for (const go of this.#held.splice(0)) go();
  }

  async write(
    marker: TransactionMarker,
    partitions: TransactionPartitions,
  ): Promise<MarkerResult[]> {
    if (this.isHeld) await new Promise<void>((go) => this.#held.push(go));
    const results: MarkerResult[] = [];
    for (const [topic, indexes] of partitions) {
      for (const partition of indexes) {
        results.push({ topic, partition, errorCode: this.#write(marker, topic, partition) });
      }
    }
    return results;
  }

  #write(marker: TransactionMarker, topic: string, partition: number): number {
    const failure = this.failures.shift();
    if (failure !== undefined) return failure;
    try {
      this.of(topic, partition).end(marker);
      this.markers.push({ ...marker, where: `${topic}-${partition}` });
      return Errors.NONE;
    } catch (error) {
      if (error instanceof ApiError) return error.code;
      throw error;
    }
  }
}
