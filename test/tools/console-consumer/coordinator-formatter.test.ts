import { expect, test } from 'vitest';
import { groupMetadataKey } from '../../../src/protocol/generated/coordinator/group-metadata-key.ts';
import { groupMetadataValue } from '../../../src/protocol/generated/coordinator/group-metadata-value.ts';
import { offsetCommitKey } from '../../../src/protocol/generated/coordinator/offset-commit-key.ts';
import { offsetCommitValue } from '../../../src/protocol/generated/coordinator/offset-commit-value.ts';
import { transactionLogKey } from '../../../src/protocol/generated/coordinator/transaction-log-key.ts';
import { transactionLogValue } from '../../../src/protocol/generated/coordinator/transaction-log-value.ts';
import type { Draft, MessageSpec } from '../../../src/protocol/message.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import { buildBatch } from '../../../src/records/record-batch-builder.ts';
import { RecordCursor } from '../../../src/records/record-cursor.ts';
import { CoordinatorFormatter } from '../../../src/tools/console-consumer/coordinator-formatter.ts';
import {
  type CoordinatorRecords,
  GROUP_METADATA_RECORDS,
  OFFSET_RECORDS,
  TRANSACTION_RECORDS,
} from '../../../src/tools/support/coordinator-records.ts';
import { fakeContext } from '../fake-context.ts';

function prefixed<T>(spec: MessageSpec<T>, prefix: number, message: Draft<T>, version: number) {
  const writer = new Writer();
  writer.writeInt16(prefix);
  spec.write(writer, message, version);
  return Buffer.concat(writer.finish());
}

async function show(records: CoordinatorRecords, key: Buffer, value: Buffer | null) {
  const context = fakeContext();
  const cursor = new RecordCursor();
  cursor.reset(buildBatch([{ key, value }]), 0);
  cursor.next();
  new CoordinatorFormatter(records).write(cursor, context.out);
  return context.stdoutText();
}

const offsetKey = prefixed(offsetCommitKey, 1, { group: 'g"1', topic: 't', partition: 2 }, 0);

test('an offset, with the fields of its version alone', async () => {
  const message = { offset: 7, leaderEpoch: 3, metadata: '', commitTimestamp: 9 };
  const keyText = '{"type":1,"data":{"group":"g\\"1","topic":"t","partition":2}}';
  expect(await show(OFFSET_RECORDS, offsetKey, prefixed(offsetCommitValue, 3, message, 3))).toBe(
    `{"key":${keyText},"value":{"version":3,"data":{"offset":7,"leaderEpoch":3,"metadata":"","commitTimestamp":9}}}`,
  );
  const old = { offset: 7, metadata: 'm', commitTimestamp: 9, expireTimestamp: 10 };
  expect(await show(OFFSET_RECORDS, offsetKey, prefixed(offsetCommitValue, 1, old, 1))).toContain(
    '{"version":1,"data":{"offset":7,"metadata":"m","commitTimestamp":9,"expireTimestamp":10}}',
  );
});

test('a tombstone is null, and records of other types are passed over', async () => {
  expect(await show(OFFSET_RECORDS, offsetKey, null)).toMatch(/"value":null}$/);
  expect(await show(GROUP_METADATA_RECORDS, offsetKey, null)).toBe('');
});

test('a group with members: bytes are base64', async () => {
  const key = prefixed(groupMetadataKey, 2, { group: 'g' }, 0);
  const member = { memberId: 'm', clientId: 'c', clientHost: '/h', subscription: Buffer.from([1]) };
  const value = prefixed(
    groupMetadataValue,
    3,
    { protocolType: 'consumer', generation: 1, protocol: null, leader: null, members: [member] },
    3,
  );
  expect(await show(GROUP_METADATA_RECORDS, key, value)).toContain(
    '"protocol":null,"leader":null,"currentStateTimestamp":-1,"members":[{"memberId":"m","groupInstanceId":null,"clientId":"c","clientHost":"/h","rebalanceTimeout":-1,"sessionTimeout":0,"subscription":"AQ==","assignment":""}]',
  );
});

test('tagged fields at their defaults are left out', async () => {
  const key = prefixed(transactionLogKey, 0, { transactionalId: 'x' }, 0);
  const value = prefixed(
    transactionLogValue,
    1,
    { producerId: 5, transactionPartitions: null, nextProducerEpoch: 2 },
    1,
  );
  expect(await show(TRANSACTION_RECORDS, key, value)).toBe(
    '{"key":{"type":0,"data":{"transactionalId":"x"}},"value":{"version":1,"data":{"producerId":5,"producerEpoch":0,"nextProducerEpoch":2,"transactionTimeoutMs":0,"transactionStatus":0,"transactionPartitions":null,"transactionLastUpdateTimestampMs":0,"transactionStartTimestampMs":0}}}',
  );
});

test('a record that is no coordinator record is refused with its offset', async () => {
  await expect(show(OFFSET_RECORDS, Buffer.from('k'), null)).rejects.toThrow(
    "Could not read record at offset 0 due to: Could not read version from key's buffer.",
  );
});
