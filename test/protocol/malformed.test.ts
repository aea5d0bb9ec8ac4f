// Bytes that aren't a message: refused with a MalformedError, in bounded time and memory, whatever they are.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type MessageVector, runMessageVector } from '../../scripts/vectors/messages.ts';
import { MalformedError, UnsupportedVersionError } from '../../src/protocol/codec-errors.ts';
import { ALL_MESSAGES } from '../../src/protocol/generated/all-messages.ts';
import {
  readFetchRequest,
  writeFetchRequest,
} from '../../src/protocol/generated/apis/fetch-request.ts';
import { readMetadataRequest } from '../../src/protocol/generated/apis/metadata-request.ts';
import { readProduceRequest } from '../../src/protocol/generated/apis/produce-request.ts';
import { Reader } from '../../src/protocol/reader.ts';
import { Writer } from '../../src/protocol/writer.ts';
import { seeded } from '../support/seeded.ts';

const path = new URL('vectors.json.gz', import.meta.url);
const { vectors } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
  vectors: MessageVector[];
};
const specs = new Map(ALL_MESSAGES.map((spec) => [spec.name, spec]));

function randomFrom(seed: number): (bound: number) => number {
  const random = seeded(seed);
  return (bound) => Math.floor(random() * bound);
}

/** What reading did: 'read', or the error's name when it is one of ours; anything else is thrown on. */
function outcome(vector: MessageVector, bytes: Buffer): string {
  try {
    specs.get(vector.schema)!.read(new Reader(bytes), vector.version);
    return 'read';
  } catch (error) {
    if (error instanceof MalformedError) return 'malformed';
    throw new Error(`${vector.schema} v${vector.version} ${vector.fill}`, { cause: error });
  }
}

describe('a message that ends too soon', () => {
  it('is malformed wherever it is cut', () => {
    for (const vector of vectors) {
      const whole = Buffer.from(vector.hex, 'hex');
      const step = whole.length <= 300 ? 1 : Math.ceil(whole.length / 150);
      for (let length = 0; length < whole.length; length += step) {
        const found = outcome(vector, whole.subarray(0, length));
        if (found !== 'malformed') {
          expect.fail(
            `${vector.schema} v${vector.version} ${vector.fill} cut at ${length}: ${found}`,
          );
        }
      }
    }
  });
});

describe('a message with wrong bytes', () => {
  it('is read or malformed, never anything else', () => {
    const random = randomFrom(20260101);
    for (const vector of vectors) {
      const whole = Buffer.from(vector.hex, 'hex');
      if (whole.length === 0) continue;
      for (let round = 0; round < 6; round++) {
        const bytes = Buffer.from(whole);
        for (let flips = 1 + random(3); flips > 0; flips--)
          bytes[random(bytes.length)] = random(256);
        outcome(vector, bytes);
      }
    }
  });

  it('is read or malformed when all of it is noise', () => {
    const random = randomFrom(7);
    for (const spec of ALL_MESSAGES) {
      for (let round = 0; round < 20; round++) {
        const bytes = Buffer.alloc(1 + random(200));
        for (let i = 0; i < bytes.length; i++) bytes[i] = random(4) === 0 ? 255 : random(256);
        const version = spec.minVersion + random(spec.maxVersion - spec.minVersion + 1);
        outcome({ schema: spec.name, version, fill: 'noise', json: null, hex: '' }, bytes);
      }
    }
  });
});

describe('a length that claims too much', () => {
  const huge = Buffer.from('7fffffff', 'hex');

  it('of an array is refused before anything is allocated', () => {
    expect(() => readMetadataRequest(new Reader(huge), 1)).toThrow(
      new MalformedError(
        'MetadataRequest.topics: an array of 2147483647 elements, 0 bytes left, at byte 4',
        4,
      ),
    );
  });

  it('of a compact array is refused', () => {
    const bytes = Buffer.from('ffffffff0f', 'hex');
    expect(() => readMetadataRequest(new Reader(bytes), 12)).toThrow(
      'MetadataRequest.topics: an array of 4294967294 elements, 0 bytes left, at byte 5',
    );
  });

  it('of an array is refused when its elements cannot fit in the rest', () => {
    // 1000 partitions of at least 4 bytes each are claimed, 2000 bytes are there.
    const bytes = Buffer.concat([Buffer.from('000003e8', 'hex'), Buffer.alloc(1000)]);
    expect(() => readMetadataRequest(new Reader(bytes), 1)).toThrow('an array of 1000 elements');
  });

  it('of many tiny elements is refused though all of them are there', () => {
    // 30 MB of topics with empty names would be more than a gigabyte of objects.
    const bytes = Buffer.alloc(30_000_004);
    bytes.writeInt32BE(15_000_000);
    const reader = new Reader(bytes);
    reader.elementsLeft = 1_000_000;
    expect(() => readMetadataRequest(reader, 1)).toThrow(
      'MetadataRequest.topics: too many elements in all, at byte 4',
    );
  });

  it('of nested arrays counts what all of them hold', () => {
    const names = Array.from({ length: 60 }, () => ({ name: 't' }));
    const topics = Array.from({ length: 20 }, () => ({ partitions: names.map(() => ({})) }));
    const writer = new Writer();
    writeFetchRequest(writer, { topics }, 17);
    const bytes = writer.finishBuffer();
    const reading = (elements: number) => {
      const reader = new Reader(bytes);
      reader.elementsLeft = elements;
      return () => readFetchRequest(reader, 17);
    };
    expect(reading(20 + 20 * 60)().topics.length).toBe(20);
    expect(reading(20 + 20 * 60 - 1)).toThrow('FetchRequest.partitions: too many elements');
  });

  it('of bytes is refused', () => {
    const bytes = Buffer.from(
      'ffff000100000001' + '00000001' + '000174' + '00000001' + '00000000',
      'hex',
    );
    const claim = Buffer.concat([bytes, huge]);
    expect(() => readProduceRequest(new Reader(claim), 3)).toThrow(
      /ProduceRequest\.records: 2147483647 bytes expected, 0 left/,
    );
  });

  it('of a string is refused beyond 32767 bytes even when they are there', () => {
    const bytes = Buffer.concat([
      Buffer.from(`02${'00'.repeat(16)}818002`, 'hex'),
      Buffer.alloc(40000),
    ]);
    expect(() => readMetadataRequest(new Reader(bytes), 12)).toThrow(
      /MetadataRequest\.name: a string of 32768 bytes/,
    );
  });

  it('of tagged fields is refused', () => {
    const bytes = Buffer.from('00' + '00' + '00' + 'ffffff7f', 'hex');
    expect(() => readMetadataRequest(new Reader(bytes), 12)).toThrow(MalformedError);
  });
});

describe('what Kafka refuses too', () => {
  it('is a null where the version has none', () => {
    expect(() => readMetadataRequest(new Reader(Buffer.from('ffffffff', 'hex')), 0)).toThrow(
      'MetadataRequest.topics: null where a value is required, at byte 4',
    );
  });

  it('is a tagged field of a later version', () => {
    // Fetch v12 has no replica state (tag 1, since version 15).
    const writer = new Writer();
    writeFetchRequest(writer, {}, 12);
    const withoutTags = writer.finishBuffer().subarray(0, -1);
    const replicaState = Buffer.from('01010d00000000000000000000000000', 'hex');
    const bytes = Buffer.concat([withoutTags, replicaState]);
    expect(() => readFetchRequest(new Reader(bytes), 12)).toThrow(
      /tag 1 is not valid in version 12/,
    );
  });

  it('is a tagged field that is longer or shorter than its size', () => {
    const bytes = Buffer.from('010004' + '02' + '61' + '0000', 'hex');
    expect(() => specs.get('AbortTransactionRecord')!.read(new Reader(bytes), 0)).toThrow(
      'AbortTransactionRecord.reason: the size of the tagged field is wrong, at byte 5',
    );
  });

  it('is a varint of more than 32 bits', () => {
    for (const hex of ['ffffffffff01', 'ffffffff1f']) {
      expect(() => new Reader(Buffer.from(hex, 'hex')).readUvarint('n')).toThrow(
        /n: a varint of more than 32 bits/,
      );
    }
  });

  it('is a version that does not exist', () => {
    expect(() => readMetadataRequest(new Reader(Buffer.alloc(10)), 14)).toThrow(
      new UnsupportedVersionError('MetadataRequest has no version 14, only 0 to 13', 14),
    );
  });
});

describe('vectors', () => {
  it('still pass after all that', () => {
    expect(vectors.slice(0, 50).flatMap(runMessageVector)).toEqual([]);
  });
});
