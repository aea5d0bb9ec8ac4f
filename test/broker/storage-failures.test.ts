import { describe, expect, it } from 'vitest';
import { StorageFailures } from '../../src/broker/storage-failures.ts';
import { DiskError } from '../../src/io/io.ts';
import { nodeIo } from '../../src/io/node.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';

function failures(logDirCount = 1) {
  const lines: string[] = [];
  const fatal: string[] = [];
  const { clock } = nodeIo();
  const options = {
    clock,
    logDirCount,
    log: (line: string) => lines.push(line),
    onFatal: (error: Error) => fatal.push(error.message),
  };
  return { failures: new StorageFailures(options), lines, fatal };
}

function storageError(code: string): ApiError {
  const cause = new DiskError(code, '/data/t-0/00000000000000000000.log', 'write');
  return new ApiError(Errors.KAFKA_STORAGE_ERROR, cause.message, { cause });
}

describe('a disk that refuses', () => {
  it('when it is full is told once, and the broker lives on', () => {
    const { failures: noticed, lines, fatal } = failures();
    for (let i = 0; i < 100; i++) noticed.noticed(storageError('ENOSPC'), 't-0');
    expect(lines).toEqual([
      'the disk is full: write /data/t-0/00000000000000000000.log: ENOSPC; ' +
        'records for t-0 are refused until there is room',
    ]);
    expect(fatal).toEqual([]);
  });

  it('when it is broken ends the broker that has no other', () => {
    const { failures: noticed, fatal } = failures();
    noticed.noticed(storageError('EIO'), 't-0');
    expect(fatal[0]).toContain('EIO');
  });

  it('when it is broken and not the only one leaves the others in service', () => {
    const { failures: noticed, lines, fatal } = failures(2);
    noticed.noticed(storageError('EIO'), 't-0');
    expect(lines).toHaveLength(1);
    expect(fatal).toEqual([]);
  });

  it('is not blamed for what a client did', () => {
    const { failures: noticed, lines, fatal } = failures();
    noticed.noticed(new ApiError(Errors.CORRUPT_MESSAGE), 't-0');
    noticed.noticed(new Error('a defect'), 't-0');
    expect([lines, fatal]).toEqual([[], []]);
  });
});
