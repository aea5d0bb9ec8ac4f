// What the runtime needs of a coordinator: the state of one partition of its topic, changed by replaying
// records and by nothing else that has to survive a restart. Kafka: CoordinatorShard, CoordinatorPlayback.

import type { Clock, Random } from '../../io/io.ts';
import type { Writer } from '../../protocol/writer.ts';
import type { CoordinatorTimer } from './coordinator-timer.ts';
import type { UndoLog } from './undo-log.ts';

export interface CoordinatorShard<R> {
  /**
   * Applies one record. `producerId` is -1 outside transactions; `offset` of a record not yet
   * appended is where it will lie, unless somebody else (a transaction's marker) appends before it.
   */
  replay(record: R, offset: number, producerId: number, producerEpoch: number): void;
  /** A transaction marker of `producerId`: its pending records count now, or never. */
  replayEndTransactionMarker(producerId: number, committed: boolean): void;
  /** The log has been replayed; timers may be set. */
  onLoaded(): void;
  /** The shard is gone from this node: whoever waits is sent away. */
  onUnloaded(): void;
}

/** What a shard is given when it is made. */
export interface ShardServices<R> {
  readonly partition: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly timer: CoordinatorTimer<R>;
  readonly undo: UndoLog;
  readonly log: (line: string) => void;
}

export interface RecordSerde<R> {
  writeKey(writer: Writer, record: R): void;
  /** False, and nothing written, for a tombstone. */
  writeValue(writer: Writer, record: R): boolean;
  /**
   * Reads the record whose key is buffer[keyStart, keyEnd) and whose value is buffer[valueStart, valueEnd), a
   * tombstone when valueStart is negative. Undefined for a type that this version doesn't know: it is skipped.
   * Throws when the bytes aren't what their type and version say.
   */
  deserialize(
    buffer: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): R | undefined;
}
