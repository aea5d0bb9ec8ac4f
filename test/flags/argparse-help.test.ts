// The help of the argparse4j scripts, to the byte: SHA-256 of what Apache Kafka 4.3.1 prints.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { argparseHelp } from '../../src/flags/argparse-help.ts';
import { PRODUCER_PERF_TABLE } from '../../src/flags/tables/producer-perf-test.ts';
import { VERIFIABLE_CONSUMER_TABLE } from '../../src/flags/tables/verifiable-consumer.ts';
import { VERIFIABLE_PRODUCER_TABLE } from '../../src/flags/tables/verifiable-producer.ts';
import { VERIFIABLE_SHARE_CONSUMER_TABLE } from '../../src/flags/tables/verifiable-share-consumer.ts';

test.each([
  [PRODUCER_PERF_TABLE, 'ed7ea3ce52e5b4060b0ec870a37ce45d875ea4a80e512824b7aa252291511e68'],
  [VERIFIABLE_PRODUCER_TABLE, 'fb33aaeee3e61f9d1c0f7a3b63e12374d8681ab63c613b1eba98e023fc0530b9'],
  [VERIFIABLE_CONSUMER_TABLE, '5748baa25c973e0a6f4923edf1bce0bfc816b213fa07a8efc0e1a60f7b24dd93'],
  [
    VERIFIABLE_SHARE_CONSUMER_TABLE,
    'fd3bbd4f4a8f408a4f8fbdcebcc942f293b9918a7b16a3635b1ba23409f66505',
  ],
])('of $script', (table, digest) => {
  expect(createHash('sha256').update(argparseHelp(table, '')).digest('hex')).toBe(digest);
});
