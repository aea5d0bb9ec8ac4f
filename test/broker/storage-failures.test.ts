import { describe, expect, it } from 'vitest';
import { StorageFailures } from '../../src/broker/storage-failures.ts';
import { DiskError } from '../../src/io/io.ts';
import { nodeIo } from '../../src/io/node.ts';
import { ApiError, Errors } from '../../src/protocol/errors.ts';

function failures() {
  const lines: string[] = [];
  const fatal: string[] = [];
  const failed: DiskError[] = [];
  const { clock } = nodeIo();
  const options = {
    clock,
    metadataLogDir: '/meta',
    log: (line: string) => lines.push(line),
    diskFailed: (failure: DiskError) => failed.push(failure),
    onFatal: (error: Error) => fatal.push(error.message),
  };
  return { failures: new StorageFailures(options), lines, fatal, failed };
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

  it('when it is broken takes its directory offline', () => {
    const { failures: noticed, lines, failed } = failures();
    noticed.noticed(storageError('EIO'), 't-0');
    expect(lines).toHaveLength(1);
    expect(failed.map(({ path }) => path)).toEqual(['/data/t-0/00000000000000000000.log']);
  });

  it('ends the broker when its directory was the last, or has the metadata', () => {
    const failure = new DiskError('EIO', '/data/t-0/00000000000000000000.log', 'write');
    const lost = (path: string, isLast: boolean) => {
      const { failures: noticed, fatal, lines } = failures();
      noticed.directoryFailed({ path, failure, isLast, logs: [] });
      return [fatal, lines];
    };
    expect(lost('/data', true)[0]).toEqual([`the only log directory failed: ${failure.message}`]);
    expect(lost('/meta', false)[0]).toEqual([
      `the log directory with the metadata failed: ${failure.message}`,
    ]);
    expect(lost('/data', false)[0]).toEqual([]);
    expect(lost('/data', false)[1]![0]).toContain('log directory /data failed and is offline');
  });

  it('is not blamed for what a client did', () => {
    const { failures: noticed, lines, fatal } = failures();
    noticed.noticed(new ApiError(Errors.CORRUPT_MESSAGE), 't-0');
    noticed.noticed(new Error('a defect'), 't-0');
    expect([lines, fatal]).toEqual([[], []]);
  });
});
