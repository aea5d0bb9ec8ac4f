// The codecs' rules that vectors don't show: drafts, versions, int64 as number, attached slices, tagged sizes.

import { describe, expect, it } from 'vitest';
import { ZERO_UUID } from '../../src/common/uuid.ts';
import { NotEncodableError, UnsupportedVersionError } from '../../src/protocol/codec-errors.ts';
import { FETCH } from '../../src/protocol/generated/apis/fetch.ts';
import { METADATA } from '../../src/protocol/generated/apis/metadata.ts';
import {
  readMetadataRequest,
  writeMetadataRequest,
} from '../../src/protocol/generated/apis/metadata-request.ts';
import { PRODUCE } from '../../src/protocol/generated/apis/produce.ts';
import { consumerGroupMemberMetadataValue } from '../../src/protocol/generated/coordinator/consumer-group-member-metadata-value.ts';
import { abortTransactionRecord } from '../../src/protocol/generated/metadata/abort-transaction-record.ts';
import { frameRequest, readRequestHeader } from '../../src/protocol/header.ts';
import type { Draft, MessageSpec } from '../../src/protocol/message.ts';
import { ExactReader, Reader } from '../../src/protocol/reader.ts';
import { Writer } from '../../src/protocol/writer.ts';
import { seeded } from '../support/seeded.ts';

function encode<T>(spec: MessageSpec<T>, draft: Draft<T>, version: number): Buffer {
  const writer = new Writer();
  spec.write(writer, draft, version);
  return writer.finishBuffer();
}

function roundTrip<T>(spec: MessageSpec<T>, draft: Draft<T>, version: number): T {
  return spec.read(new Reader(encode(spec, draft, version)), version);
}

describe('a draft', () => {
  it('is written with the defaults of what it leaves out', () => {
    expect(roundTrip(METADATA.request, {}, 13)).toEqual({
      topics: [],
      allowAutoTopicCreation: true,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
  });

  it('keeps null apart from what is left out', () => {
    expect(roundTrip(METADATA.request, { topics: null }, 13).topics).toBeNull();
    expect(roundTrip(METADATA.request, { topics: [{}] }, 13).topics).toEqual([
      { topicId: ZERO_UUID, name: '' },
    ]);
  });
});

describe('a value that the version cannot carry', () => {
  it('is refused when it matters', () => {
    const draft = { allowAutoTopicCreation: false };
    expect(() => writeMetadataRequest(new Writer(), draft, 3)).toThrow(
      new UnsupportedVersionError(
        'Attempted to write a non-default allowAutoTopicCreation at version 3',
        3,
      ),
    );
  });

  it('is dropped when the schema calls it ignorable', () => {
    const topics = [{ name: 't', topicId: 'ESIzRFVmd4yZqrvM3e7_BA' }];
    expect(roundTrip(METADATA.request, { topics }, 9).topics).toEqual([
      { topicId: ZERO_UUID, name: 't' },
    ]);
  });

  it('is null before the version that allows null', () => {
    expect(() => writeMetadataRequest(new Writer(), { topics: null }, 0)).toThrow(
      new NotEncodableError('topics must not be null in this version'),
    );
  });

  it('is a version that does not exist', () => {
    expect(() => writeMetadataRequest(new Writer(), {}, 14)).toThrow(
      'MetadataRequest has no version 14, only 0 to 13',
    );
  });

  it('is a string of more than 32767 bytes', () => {
    for (const text of ['x'.repeat(32768), 'é'.repeat(16384)]) {
      const draft = { topics: [{ name: text }] };
      for (const version of [1, 12]) {
        expect(() => writeMetadataRequest(new Writer(), draft, version)).toThrow(
          "'name' field is too long to be serialized",
        );
      }
    }
    const longest = roundTrip(METADATA.request, { topics: [{ name: 'é'.repeat(16383) }] }, 12);
    expect(longest.topics![0]!.name!.length).toBe(16383);
  });

  it('is a damaged uuid', () => {
    for (const topicId of ['', 'AAAA', '!!!!!!!!!!!!!!!!!!!!!!', `${ZERO_UUID}A`]) {
      expect(() => writeMetadataRequest(new Writer(), { topics: [{ topicId }] }, 12)).toThrow(
        NotEncodableError,
      );
    }
  });
});

describe('int64 as a number', () => {
  function throughWire(value: number | bigint): number {
    const writer = new Writer();
    writer.writeInt64(value);
    return new Reader(writer.finishBuffer()).readInt64();
  }

  it('is exact up to 2^53', () => {
    const random = seeded(53);
    for (let i = 0; i < 2000; i++) {
      const value = Math.floor((random() * 2 - 1) * 2 ** (1 + Math.floor(random() * 53)));
      expect(throughWire(value)).toBe(value);
    }
    for (const value of [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 53 - 1, -(2 ** 53) + 1]) {
      expect(throughWire(value)).toBe(value);
    }
  });

  it('carries Long.MAX_VALUE and Long.MIN_VALUE', () => {
    for (const hex of ['7fffffffffffffff', '8000000000000000']) {
      const writer = new Writer();
      writer.writeInt64(new Reader(Buffer.from(hex, 'hex')).readInt64());
      expect(writer.finishBuffer().toString('hex')).toBe(hex);
    }
    expect(throughWire(Number.POSITIVE_INFINITY)).toBe(2 ** 63);
  });

  it('is the nearest double beyond 2^53, and the same at every further trip', () => {
    const random = seeded(63);
    for (let i = 0; i < 2000; i++) {
      const exact = BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 52)) * 2049n + 7n);
      const once = throughWire(exact);
      expect(once).toBe(Number(exact));
      expect(throughWire(once)).toBe(once);
    }
  });

  it('loses nothing with the exact reader', () => {
    for (const exact of [2n ** 53n + 1n, -(2n ** 62n) - 3n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      const writer = new Writer();
      writer.writeInt64(exact);
      expect(new ExactReader(writer.finishBuffer()).readInt64()).toBe(exact);
    }
  });
});

describe('strings', () => {
  it('of any length and alphabet come back', () => {
    for (const unit of ['a', 'é', '漢', '😀', '\u0000']) {
      for (const count of [0, 1, 39, 40, 41, 63, 64, 126, 127, 128, 300, 8000]) {
        const name = unit.repeat(count);
        for (const version of [1, 12]) {
          const topics = roundTrip(METADATA.request, { topics: [{ name }] }, version).topics!;
          expect(topics[0]!.name).toBe(name);
        }
      }
    }
  });

  it('with half a surrogate pair are written as Java does', () => {
    const name = 'a\ud800b\udc00\ud83d\ude00';
    expect(roundTrip(METADATA.request, { topics: [{ name }] }, 12).topics![0]!.name).toBe('a?b?😀');
  });

  it('of invalid UTF-8 are read with replacement characters', () => {
    const bytes = Buffer.from('00000001' + '0003' + '61ff62', 'hex');
    expect(readMetadataRequest(new Reader(bytes), 1).topics![0]!.name).toBe('a\ufffdb');
  });
});

describe('byte slices', () => {
  const large = Buffer.alloc(5000, 7);
  const small = Buffer.alloc(10, 8);

  it('that are large are attached and not copied', () => {
    const topicData = [{ name: 't', partitionData: [{ index: 3, records: large }] }];
    const pieces = frameRequest(PRODUCE, 9, 1, 'c', { acks: -1, topicData });
    expect(pieces.some((piece) => piece.buffer === large.buffer)).toBe(true);
    const frame = Buffer.concat(pieces);
    expect(frame.readInt32BE(0)).toBe(frame.length - 4);
    const reader = new Reader(frame, 4);
    expect(readRequestHeader(reader, 2)).toEqual({
      apiKey: 0,
      apiVersion: 9,
      correlationId: 1,
      clientId: 'c',
    });
    const request = PRODUCE.request.read(reader, 9);
    expect(request.topicData[0]!.partitionData[0]!.records).toEqual(large);
    expect(reader.remaining).toBe(0);
  });

  it('in several pieces are one value', () => {
    const records = [small, large, small, large];
    const responses = [{ partitions: [{ records }, { records: [] }, { records: null }] }];
    for (const version of [11, 13]) {
      const read = roundTrip(FETCH.response, { responses }, version).responses[0]!.partitions;
      expect(read[0]!.records).toEqual(Buffer.concat(records));
      expect(read[1]!.records).toEqual(Buffer.alloc(0));
      expect(read[2]!.records).toBeNull();
    }
  });

  it('are views when they are read', () => {
    const topicData = [{ name: 't', partitionData: [{ records: small }] }];
    const bytes = encode(PRODUCE.request, { topicData }, 9);
    const read = PRODUCE.request.read(new Reader(bytes), 9).topicData[0]!.partitionData[0]!;
    expect(read.records!.buffer).toBe(bytes.buffer);
  });
});

describe('tagged fields', () => {
  it('longer than one byte can tell move to make room for their size', () => {
    for (const length of [0, 100, 123, 124, 125, 126, 127, 128, 16000, 16380, 16384, 32000]) {
      const reason = 'r'.repeat(length);
      expect(roundTrip(abortTransactionRecord, { reason }, 0)).toEqual({ reason });
    }
  });

  it('may hold large byte slices', () => {
    const protocol = { name: 'range', metadata: Buffer.alloc(70_000, 5) };
    const classicMemberMetadata = { sessionTimeoutMs: 1, supportedProtocols: [protocol, protocol] };
    const read = roundTrip(consumerGroupMemberMetadataValue, { classicMemberMetadata }, 0);
    expect(read.classicMemberMetadata!.supportedProtocols).toEqual([protocol, protocol]);
  });

  it('at their default are left out', () => {
    expect(encode(abortTransactionRecord, { reason: null }, 0).toString('hex')).toBe('00');
    expect(encode(abortTransactionRecord, { reason: '' }, 0).toString('hex')).toBe('01000101');
  });
});

describe('the writer', () => {
  it('keeps messages apart that are written at the same time', () => {
    const writers = Array.from({ length: 20 }, () => new Writer());
    for (let round = 0; round < 2000; round++) {
      writers.forEach((writer, index) => {
        writer.writeInt32(index * 10_000 + round);
      });
    }
    writers.forEach((writer, index) => {
      const bytes = writer.finishBuffer();
      expect(bytes.length).toBe(8000);
      for (let round = 0; round < 2000; round++) {
        expect(bytes.readInt32BE(round * 4)).toBe(index * 10_000 + round);
      }
    });
  });

  it('never touches what it has handed out', () => {
    const handed: { bytes: Buffer; copy: Buffer }[] = [];
    for (let i = 0; i < 3000; i++) {
      const topics = Array.from({ length: i % 60 }, (_, n) => ({ name: `topic-${i}-${n}` }));
      const bytes = encode(METADATA.request, { topics }, 12);
      handed.push({ bytes, copy: Buffer.from(bytes) });
    }
    for (const { bytes, copy } of handed) expect(bytes.equals(copy)).toBe(true);
  });

  it('grows within tagged fields', () => {
    const writer = new Writer();
    writer.writeBytes(Buffer.alloc(900));
    for (let i = 0; i < 80; i++) {
      abortTransactionRecord.write(writer, { reason: `${'x'.repeat(1500)}${i}` }, 0);
    }
    const reader = new Reader(writer.finishBuffer());
    reader.readBytes();
    for (let i = 0; i < 80; i++) {
      expect(abortTransactionRecord.read(reader, 0).reason).toBe(`${'x'.repeat(1500)}${i}`);
    }
  });
});
