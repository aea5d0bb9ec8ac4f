// A partition with everything that compaction treats specially, from a seed: keys over and over, tombstones, headers,
// codecs, both kinds of timestamps, idempotent producers, transactions that end either way, gaps in offsets.

import type { UnifiedLog } from '../../../../src/log/unified-log.ts';
import type { CompressionType } from '../../../../src/records/compression/compression.ts';
import { buildEndTransactionBatch } from '../../../../src/records/control-record.ts';
import {
  baseSequence,
  lastOffsetDelta,
  setBaseOffset,
  setPartitionLeaderEpoch,
} from '../../../../src/records/record-batch.ts';
import {
  type BuildBatchOptions,
  buildBatch,
} from '../../../../src/records/record-batch-builder.ts';
import { VirtualRandom } from '../../../simulation/virtual-random.ts';

const NOW_MS = 1_700_000_000_000;

const PRODUCERS = [1, 2, 3, 4];

export interface InputOptions {
  readonly seed: number;
  readonly batches: number;
  readonly compressed: boolean;
}

/** Fills the log; it ends in an empty active segment. */
export function fill(log: UnifiedLog, { seed, batches, compressed }: InputOptions): void {
  const random = new VirtualRandom(seed);
  const sequences = new Map<number, number>();
  const open = new Set<number>();
  const append = (batch: Buffer) => {
    // Some offsets are missing, as after an earlier compaction.
    const offset = log.logEndOffset + (random.int(10) === 0 ? random.int(5) : 0);
    setBaseOffset(batch, 0, offset);
    setPartitionLeaderEpoch(batch, 0, 3);
    log.appendAsFollower(batch);
    log.maybeIncrementHighWatermark(log.logEndOffset);
  };
  const end = (producerId: number) => {
    open.delete(producerId);
    const commit = random.int(2) === 0;
    const marker = { commit, producerId, producerEpoch: 0, coordinatorEpoch: 5 };
    append(buildEndTransactionBatch({ ...marker, timestamp: NOW_MS + log.logEndOffset }));
  };
  for (let n = 0; n < batches; n++) {
    const producerId = random.int(4) === 0 ? -1 : PRODUCERS[random.int(PRODUCERS.length)]!;
    const transactional = producerId > 2;
    const batch = randomBatch(random, log.logEndOffset, {
      ...(producerId < 0 ? {} : { producerId, producerEpoch: 0, transactional }),
      baseSequence: producerId < 0 ? -1 : (sequences.get(producerId) ?? 0),
      compression: compressed ? (random.int(5) as CompressionType) : 0,
      ...(random.int(8) === 0 ? { logAppendTimeMs: NOW_MS + n } : {}),
    });
    if (producerId >= 0) {
      sequences.set(producerId, baseSequence(batch, 0) + lastOffsetDelta(batch, 0) + 1);
    }
    if (transactional) open.add(producerId);
    append(batch);
    for (const id of [...open]) if (random.int(4) === 0) end(id);
    if (random.int(12) === 0) log.roll();
  }
  for (const id of [...open]) end(id);
  log.roll();
}

function randomBatch(random: VirtualRandom, nearOffset: number, options: BuildBatchOptions) {
  const records = Array.from({ length: 1 + random.int(6) }, () => ({
    key: Buffer.from(`key-${random.int(60)}`),
    value: random.int(5) === 0 ? null : Buffer.from(`value ${nearOffset} `.repeat(random.int(4))),
    timestamp: NOW_MS + nearOffset * 10 - random.int(5000),
    headers:
      random.int(4) === 0
        ? [{ key: Buffer.from('h'), value: random.int(2) ? random.bytes(3) : null }]
        : [],
  }));
  return buildBatch(records, options);
}
