// One append, step by step: look at the batches, give them offsets, check their producers, write, count.
// Nothing of the log has changed until the bytes are written (UnifiedLog.append).

import type { BufferPool } from '../common/buffer-pool.ts';
import type { Io } from '../io/io.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import {
  baseOffset,
  baseSequence,
  CorruptRecordError,
  completeBatchBytes,
  crc,
  hasProducerId,
  isTransactional,
  lastOffset,
  lastSequence,
  magic,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  recordCount,
  verifyCrc,
} from '../records/record-batch.ts';
import type { LeaderEpochCache } from './leader-epoch-cache.ts';
import type { LogConfig } from './log-config.ts';
import type { LogSegment, RollParams } from './log-segment.ts';
import { type ValidationContext, validateBatchAndAssignOffsets } from './log-validator.ts';
import type {
  AppendOrigin,
  CompletedTransaction,
  ProducerAppendInfo,
} from './producer-append-info.ts';
import { type BatchMetadata, firstOffsetOf } from './producer-state-entry.ts';
import type { ProducerStateManager } from './producer-state-manager.ts';
import { checkTransaction, endsVerification } from './transaction-verification.ts';
import type { VerificationGuard } from './verification-state.ts';

export interface AppendOptions {
  /** 'client' when absent: everything is checked. */
  readonly origin?: AppendOrigin;
  /** For markers: the transaction.version that their transaction ran under. */
  readonly transactionVersion?: number;
  /** What startTransactionVerification gave, for transactional records. */
  readonly verificationGuard?: VerificationGuard;
}

export interface AppendInfo {
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** Largest timestamp of the batches. */
  readonly maxTimestamp: number;
  /** ms with LogAppendTime, else -1. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  readonly sizeBytes: number;
  readonly messageCount: number;
  /** The batch was there already: the offsets are those of then, and nothing was written. */
  readonly duplicate: boolean;
}

/** What an append uses of a UnifiedLog. */
export interface LogInternals {
  readonly name: string;
  readonly io: Io;
  readonly pool: BufferPool;
  readonly config: LogConfig;
  readonly epochs: LeaderEpochCache;
  readonly producerState: ProducerStateManager;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  maybeRoll(params: RollParams): LogSegment;
  advanceTo(nextOffset: number): void;
  appended(messages: number): void;
}

interface Summary {
  firstOffset: number;
  lastOffset: number;
  maxTimestamp: number;
  messages: number;
  /** Of whole batches; what follows them is ignored, as Kafka does. */
  validBytes: number;
}

export function appendToLog(
  log: LogInternals,
  given: Buffer,
  leaderEpoch: number,
  options: AppendOptions,
  assignOffsets: boolean,
): AppendInfo {
  const origin = options.origin ?? 'client';
  const nowMs = log.io.clock.nowMs();
  const validBytes = checkBatches(log, given, origin, assignOffsets);
  if (validBytes === 0) return emptyAppend(log);
  let records = validBytes === given.length ? given : given.subarray(0, validBytes);
  const duplicate = origin === 'client' ? findDuplicate(log, records) : undefined;
  if (duplicate !== undefined) return duplicateAppend(log, duplicate);
  if (assignOffsets) records = stamp(log, records, leaderEpoch, origin, nowMs);
  const summary = summarize(log, records, assignOffsets, leaderEpoch);
  if (summary.validBytes === 0) return emptyAppend(log);
  if (summary.validBytes < records.length) records = records.subarray(0, summary.validBytes);
  if (records.length > log.config.segmentBytes) {
    throw new ApiError(
      Errors.RECORD_LIST_TOO_LARGE,
      `Message batch size is ${records.length} bytes in append to partition ${log.name}, which exceeds the maximum configured segment size of ${log.config.segmentBytes}.`,
    );
  }
  const producers = checkProducers(log, records, options);
  const segment = log.maybeRoll({
    maxTimestamp: summary.maxTimestamp,
    maxOffset: summary.lastOffset,
    sizeBytes: records.length,
    nowMs,
  });
  segment.append(log.config, records, summary.maxTimestamp, nowMs);
  countBatches(log, segment, records);
  // The records are there from here on, whatever becomes of the transaction index.
  log.advanceTo(summary.lastOffset + 1);
  applyProducers(log, segment, producers);
  log.appended(summary.messages);
  const appendTime = assignOffsets && log.config.messageTimestampType === 'LogAppendTime';
  return {
    firstOffset: summary.firstOffset,
    lastOffset: summary.lastOffset,
    maxTimestamp: summary.maxTimestamp,
    logAppendTimeMs: appendTime ? nowMs : -1,
    logStartOffset: log.logStartOffset,
    sizeBytes: records.length,
    messageCount: summary.messages,
    duplicate: false,
  };
}

function emptyAppend(log: LogInternals): AppendInfo {
  return {
    firstOffset: -1,
    lastOffset: log.logEndOffset - 1,
    maxTimestamp: -1,
    logAppendTimeMs: -1,
    logStartOffset: log.logStartOffset,
    sizeBytes: 0,
    messageCount: 0,
    duplicate: false,
  };
}

function duplicateAppend(log: LogInternals, batch: BatchMetadata): AppendInfo {
  return {
    firstOffset: firstOffsetOf(batch),
    lastOffset: batch.lastOffset,
    maxTimestamp: batch.timestamp,
    // Whatever the topic's timestamps mean, as Kafka answers.
    logAppendTimeMs: batch.timestamp,
    logStartOffset: log.logStartOffset,
    sizeBytes: 0,
    messageCount: 0,
    duplicate: true,
  };
}

/** Kafka's analyzeAndValidateRecords: sizes, magic, checksums. Returns the bytes of whole batches. */
function checkBatches(
  log: LogInternals,
  b: Buffer,
  origin: AppendOrigin,
  assignOffsets: boolean,
): number {
  let at = 0;
  while (at < b.length) {
    const size = batchBytes(log, b, at);
    if (size === 0) break;
    if (magic(b, at) < 2 && assignOffsets) {
      throw new ApiError(
        Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT,
        `Record batches of magic ${magic(b, at)} cannot be appended to ${log.name}`,
      );
    }
    if (origin === 'client' && baseOffset(b, at) !== 0) {
      throw new ApiError(
        Errors.INVALID_RECORD,
        `The baseOffset of the record batch in the append to ${log.name} should be 0, but it is ${baseOffset(b, at)}`,
      );
    }
    if (origin !== 'replication' && size > log.config.maxMessageBytes) refuseTooLarge(log, size);
    if (!verifyCrc(b, at)) {
      throw new ApiError(
        Errors.CORRUPT_MESSAGE,
        `Record is corrupt (stored crc = ${crc(b, at)}) in topic partition ${log.name}.`,
      );
    }
    at += size;
  }
  return at;
}

function batchBytes(log: LogInternals, b: Buffer, at: number): number {
  try {
    return completeBatchBytes(b, at, b.length);
  } catch (error) {
    if (!(error instanceof CorruptRecordError)) throw error;
    throw new ApiError(
      Errors.CORRUPT_MESSAGE,
      `${error.message} in the append to topic partition ${log.name}.`,
      { cause: error },
    );
  }
}

function refuseTooLarge(log: LogInternals, size: number): never {
  throw new ApiError(
    Errors.MESSAGE_TOO_LARGE,
    `The record batch size in the append to ${log.name} is ${size} bytes which exceeds the maximum configured value of ${log.config.maxMessageBytes}).`,
  );
}

/** A retry of a batch that is in the log already. */
function findDuplicate(log: LogInternals, b: Buffer): BatchMetadata | undefined {
  for (let at = 0; at < b.length; at += completeBatchBytes(b, at, b.length)) {
    if (!hasProducerId(b, at)) continue;
    const found = log.producerState
      .entry(producerId(b, at))
      ?.findDuplicate(producerEpoch(b, at), baseSequence(b, at), lastSequence(b, at));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Checks the records and gives them offsets; the same buffer unless a batch had to be rebuilt. */
function stamp(
  log: LogInternals,
  b: Buffer,
  leaderEpoch: number,
  origin: AppendOrigin,
  nowMs: number,
): Buffer {
  const context: ValidationContext = {
    partition: log.name,
    origin,
    config: log.config,
    leaderEpoch,
    nowMs,
    pool: log.pool,
  };
  let next = log.logEndOffset;
  let parts: Buffer[] | undefined;
  for (let at = 0; at < b.length; ) {
    const size = completeBatchBytes(b, at, b.length);
    const count = recordCount(b, at);
    const rebuilt = validateBatchAndAssignOffsets(b, at, next, context);
    if (rebuilt !== undefined) {
      if (rebuilt.length > log.config.maxMessageBytes && origin === 'client') {
        refuseTooLarge(log, rebuilt.length);
      }
      parts ??= [b.subarray(0, at)];
      parts.push(rebuilt);
    } else parts?.push(b.subarray(at, at + size));
    next += count;
    at += size;
  }
  return parts === undefined ? b : Buffer.concat(parts);
}

/** Offsets and times of what is to be appended; for a follower, checks that the offsets go on from the log's end. */
function summarize(log: LogInternals, b: Buffer, assigned: boolean, leaderEpoch: number): Summary {
  const summary: Summary = {
    firstOffset: -1,
    lastOffset: -1,
    maxTimestamp: -1,
    messages: 0,
    validBytes: 0,
  };
  let expected = log.logEndOffset;
  for (let at = 0; at < b.length; at = summary.validBytes) {
    const size = completeBatchBytes(b, at, b.length);
    const first = baseOffset(b, at);
    const last = lastOffset(b, at);
    // Batches of a later epoch than the fetch's are left for the next fetch (KAFKA-18723).
    if (!assigned && partitionLeaderEpoch(b, at) > leaderEpoch) break;
    if (first < expected) refuseOffsets(log, summary.firstOffset < 0, first, last, expected);
    if (summary.firstOffset < 0) summary.firstOffset = first;
    summary.lastOffset = last;
    summary.maxTimestamp = Math.max(summary.maxTimestamp, maxTimestamp(b, at));
    summary.messages += last - first + 1;
    summary.validBytes = at + size;
    expected = last + 1;
  }
  return summary;
}

function refuseOffsets(
  log: LogInternals,
  isFirst: boolean,
  first: number,
  last: number,
  expected: number,
): never {
  if (isFirst) {
    throw new ApiError(
      Errors.UNKNOWN_SERVER_ERROR,
      `Unexpected offset in append to ${log.name}. First offset ${first} is less than the next offset ${expected}. Last offset in append: ${last}. Log start offset = ${log.logStartOffset}`,
    );
  }
  throw new ApiError(
    Errors.UNKNOWN_SERVER_ERROR,
    `Out of order offsets found in append to ${log.name}: ${first}`,
  );
}

interface ProducerChanges {
  readonly infos: readonly ProducerAppendInfo[];
  readonly completed: readonly CompletedTransaction[];
  /** Producers that need no verification any more. */
  readonly verified: readonly number[];
}

/** Sequence and epoch checks of every batch with a producer id; undefined when there is none. */
function checkProducers(
  log: LogInternals,
  b: Buffer,
  options: AppendOptions,
): ProducerChanges | undefined {
  const origin = options.origin ?? 'client';
  let infos: ProducerAppendInfo[] | undefined;
  const completed: CompletedTransaction[] = [];
  const verified: number[] = [];
  for (let at = 0; at < b.length; at += completeBatchBytes(b, at, b.length)) {
    if (!hasProducerId(b, at)) continue;
    const id = producerId(b, at);
    infos ??= [];
    let info = infos.find((known) => known.producerId === id);
    if (info === undefined) {
      info = log.producerState.prepare(id, origin);
      infos.push(info);
    }
    if (isTransactional(b, at)) {
      if (origin !== 'replication') checkTransaction(log, b, at, options.verificationGuard);
      if (endsVerification(log, b, at)) verified.push(id);
    }
    const ended = info.append(b, at, options.transactionVersion);
    if (ended !== undefined) completed.push(ended);
  }
  return infos === undefined ? undefined : { infos, completed, verified };
}

function countBatches(log: LogInternals, segment: LogSegment, b: Buffer): void {
  for (let at = 0; at < b.length; ) {
    const size = completeBatchBytes(b, at, b.length);
    segment.batchAppended(log.config, size, lastOffset(b, at), maxTimestamp(b, at));
    const epoch = partitionLeaderEpoch(b, at);
    if (epoch >= 0 && epoch !== log.epochs.latestEpoch) log.epochs.assign(epoch, baseOffset(b, at));
    at += size;
  }
}

function applyProducers(
  log: LogInternals,
  segment: LogSegment,
  changes: ProducerChanges | undefined,
): void {
  if (changes === undefined) return;
  const { producerState } = log;
  for (const info of changes.infos) producerState.apply(info);
  for (const id of changes.verified) producerState.endVerification(id);
  for (const ended of changes.completed) {
    const lastStableOffset = producerState.lastStableOffset(ended);
    const { aborted, ...transaction } = ended;
    if (aborted) segment.transactionIndex.append({ ...transaction, lastStableOffset });
    producerState.completeTransaction(ended);
  }
}
