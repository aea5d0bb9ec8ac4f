import { expect, test } from 'vitest';
import { remoteLogSegmentMetadataRecord } from '../../../src/protocol/generated/metadata/remote-log-segment-metadata-record.ts';
import { remoteLogSegmentMetadataSnapshotRecord } from '../../../src/protocol/generated/metadata/remote-log-segment-metadata-snapshot-record.ts';
import { remotePartitionDeleteMetadataRecord } from '../../../src/protocol/generated/metadata/remote-partition-delete-metadata-record.ts';
import type { MessageSpec } from '../../../src/protocol/message.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';
import { LineWriter } from '../../../src/tools/dump-log-segments/line-writer.ts';
import { METADATA_PARSER } from '../../../src/tools/dump-log-segments/metadata-parser.ts';
import type { RecordParser } from '../../../src/tools/dump-log-segments/record-parser.ts';
import { REMOTE_LOG_PARSER } from '../../../src/tools/dump-log-segments/remote-log-parser.ts';
import { fakeContext } from '../fake-context.ts';

async function shown(parser: RecordParser, value: Buffer | null): Promise<string> {
  const context = fakeContext();
  const cursor = new RecordCursor();
  cursor.reset(buildBatch([{ key: null, value, timestamp: 1, headers: [] }]), 0);
  cursor.next();
  const out = new LineWriter(context.out);
  parser.write(cursor, true, out);
  out.settle();
  await context.out.flush();
  return context.stdoutText();
}

function framed<T>(spec: MessageSpec<T>, message: object): Buffer {
  const writer = new Writer();
  spec.write(writer, message as Parameters<typeof spec.write>[1], 0);
  return Buffer.concat([Buffer.from([1, spec.apiKey, 0]), ...writer.finish()]);
}

const EPOCHS = [{ leaderEpoch: 1, offset: 2 }];

test('a segment’s offsets are looked at before its state', async () => {
  const record = { startOffset: -1, segmentLeaderEpochs: EPOCHS, remoteLogSegmentState: 77 };
  const value = framed(remoteLogSegmentMetadataRecord, record);
  expect(await shown(REMOTE_LOG_PARSER, value)).toContain('Unexpected start offset = -1.');
  const other = framed(remoteLogSegmentMetadataRecord, { ...record, startOffset: 0 });
  expect(await shown(REMOTE_LOG_PARSER, other)).toContain('skipping. state can not be null');
});

test('a snapshot’s offsets may be anything', async () => {
  const record = { startOffset: 5, endOffset: -1, segmentLeaderEpochs: EPOCHS };
  const value = framed(remoteLogSegmentMetadataSnapshotRecord, record);
  expect(await shown(REMOTE_LOG_PARSER, value)).toContain('startOffset=5, endOffset=-1, ');
});

test('a deletion in no known state is refused without a word', async () => {
  const value = framed(remotePartitionDeleteMetadataRecord, { remotePartitionDeleteState: 9 });
  expect(await shown(REMOTE_LOG_PARSER, value)).toBe(
    '| payload: Error at offset 0, skipping. null',
  );
});

test('a metadata record without a value has no frame version', async () => {
  const said = '| payload: Error at 0, skipping. Error while reading frame version';
  expect(await shown(METADATA_PARSER, null)).toBe(said);
  expect(await shown(METADATA_PARSER, Buffer.alloc(0))).toBe(said);
});
