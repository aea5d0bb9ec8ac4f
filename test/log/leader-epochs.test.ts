import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batch, openLog, temporaryFolder, testIo } from './support.ts';

describe('leader epochs', () => {
  function threeEpochs(folder = temporaryFolder()) {
    const log = openLog(testIo(), folder);
    log.appendAsLeader(batch(5), 2);
    log.appendAsLeader(batch(5), 2);
    log.appendAsLeader(batch(5), 4);
    log.appendAsLeader(batch(5), 7);
    return log;
  }

  it('are written down when they begin', () => {
    const folder = temporaryFolder();
    const log = threeEpochs(folder);
    expect(readFileSync(join(log.directory, 'leader-epoch-checkpoint'), 'utf8')).toBe(
      '0\n3\n2 0\n4 10\n7 15\n',
    );
    log.abandon();
  });

  it.each([
    [7, { leaderEpoch: 7, endOffset: 20 }],
    [6, { leaderEpoch: 4, endOffset: 15 }],
    [4, { leaderEpoch: 4, endOffset: 15 }],
    [3, { leaderEpoch: 2, endOffset: 10 }],
    [2, { leaderEpoch: 2, endOffset: 10 }],
    [1, { leaderEpoch: 1, endOffset: 0 }],
    [8, { leaderEpoch: -1, endOffset: -1 }],
    [-1, { leaderEpoch: -1, endOffset: -1 }],
  ])('answer where epoch %d ends', (epoch, expected) => {
    const log = threeEpochs();
    expect(log.endOffsetForEpoch(epoch)).toEqual(expected);
    log.abandon();
  });

  it('are found again in the batches when the checkpoint is gone', () => {
    const folder = temporaryFolder();
    const log = threeEpochs(folder);
    log.abandon();
    writeFileSync(join(log.directory, 'leader-epoch-checkpoint'), '0\n0\n');
    const again = openLog(testIo(), folder);
    expect(again.epochs.entries).toEqual(log.epochs.entries);
    again.abandon();
  });

  it('go with the offsets that are deleted', () => {
    const log = threeEpochs();
    log.updateHighWatermark(20);
    log.deleteRecordsBefore(12);
    expect(log.epochs.entries).toEqual([
      { epoch: 4, startOffset: 12 },
      { epoch: 7, startOffset: 15 },
    ]);
    log.truncateTo(14);
    expect(log.epochs.entries).toEqual([{ epoch: 4, startOffset: 12 }]);
    log.abandon();
  });

  it('are rebuilt from the batches when the checkpoint is damaged', async () => {
    const folder = temporaryFolder();
    const log = threeEpochs(folder);
    await log.close();
    const file = join(log.directory, 'leader-epoch-checkpoint');
    writeFileSync(file, '0\n1\nseven 0\n');
    const warnings: string[] = [];
    const again = openLog(testIo(), folder, {
      cleanShutdown: true,
      onWarning: (text) => warnings.push(text),
    });
    expect(again.epochs.entries).toEqual(log.epochs.entries);
    expect(warnings.join()).toContain(file);
    again.abandon();
  });
});
