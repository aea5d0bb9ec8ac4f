import { describe, expect, test } from 'vitest';
import { offsetCommitKey } from '../../../src/protocol/generated/coordinator/offset-commit-key.ts';
import { offsetCommitValue } from '../../../src/protocol/generated/coordinator/offset-commit-value.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import { JavaReader } from '../../../src/tools/support/java-reader.ts';
import { messageJson } from '../../../src/tools/support/message-json.ts';

function commit(): Buffer {
  const writer = new Writer();
  offsetCommitValue.write(writer, { offset: 5, metadata: 'm', commitTimestamp: 9 }, 4);
  return Buffer.concat(writer.finish());
}

function failureOf(bytes: Buffer): string {
  const reader = new JavaReader(bytes);
  try {
    offsetCommitValue.read(reader, 4);
    reader.finish();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('JavaReader', () => {
  test('has no words for a number that ends early', () => {
    expect(failureOf(commit().subarray(0, 5))).toBe('null');
  });

  test('tells a text that ends early by its bytes', () => {
    const bytes = commit();
    bytes[12] = 100;
    expect(failureOf(bytes)).toBe(
      'Error reading byte array of 99 byte(s): only 10 byte(s) available',
    );
  });

  test('tells a null where there is none by the field', () => {
    const bytes = commit();
    bytes[12] = 0;
    expect(failureOf(bytes)).toBe('non-nullable field metadata was serialized as null');
  });

  test('refuses an unknown tagged field that claims more than is there', () => {
    const bytes = Buffer.concat([commit().subarray(0, -1), Buffer.from([1, 40, 7, 1])]);
    expect(failureOf(bytes)).toBe(
      'Error reading byte array of 7 byte(s): only 1 byte(s) available',
    );
  });
});

describe('messageJson', () => {
  test('leaves out a tagged field at its default and fields of other versions', () => {
    const message = offsetCommitValue.read(new JavaReader(commit()), 4);
    expect(messageJson('OffsetCommitValue', message, 4)).toBe(
      '{"offset":5,"leaderEpoch":-1,"metadata":"m","commitTimestamp":9}',
    );
    expect(messageJson('OffsetCommitValue', message, 1)).toBe(
      '{"offset":5,"metadata":"m","commitTimestamp":9,"expireTimestamp":-1}',
    );
  });

  test('writes every digit of an int64, and texts as Jackson does', () => {
    expect(messageJson('OffsetCommitKey', { hash: -5395165882912871223n }, 0)).toBe(
      '{"hash":-5395165882912871223}',
    );
    expect(messageJson(offsetCommitKey.name, { group: '\u001f"é' }, 0)).toBe(
      '{"group":"\\u001F\\"é"}',
    );
  });

  test('keeps the point of a double', () => {
    expect(messageJson('ClientQuotaRecord', { value: 55 }, 0)).toBe('{"value":55.0}');
  });
});
