import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { joptHelp } from '../../src/flags/jopt-help.ts';
import { lineBreakSegments } from '../../src/flags/line-break.ts';
import { CONFIGS_TABLE } from '../../src/flags/tables/configs.ts';
import { CONSOLE_CONSUMER_TABLE } from '../../src/flags/tables/console-consumer.ts';
import { CONSOLE_PRODUCER_TABLE } from '../../src/flags/tables/console-producer.ts';
import { CONSOLE_SHARE_CONSUMER_TABLE } from '../../src/flags/tables/console-share-consumer.ts';
import { CONSUMER_GROUPS_TABLE } from '../../src/flags/tables/consumer-groups.ts';
import { DELETE_RECORDS_TABLE } from '../../src/flags/tables/delete-records.ts';
import { E2E_LATENCY_TABLE } from '../../src/flags/tables/e2e-latency.ts';
import { GET_OFFSETS_TABLE } from '../../src/flags/tables/get-offsets.ts';
import { GROUPS_TABLE } from '../../src/flags/tables/groups.ts';
import { SHARE_CONSUMER_PERF_TABLE } from '../../src/flags/tables/share-consumer-perf-test.ts';
import { SHARE_GROUPS_TABLE } from '../../src/flags/tables/share-groups.ts';
import { STREAMS_GROUPS_TABLE } from '../../src/flags/tables/streams-groups.ts';
import { TOPICS_TABLE } from '../../src/flags/tables/topics.ts';

describe('usage text', () => {
  // SHA-256 of what Apache Kafka 4.3.1's script prints after its first line.
  test.each([
    [TOPICS_TABLE, 'abd0c74be8646b1f356b0730b0e87685f3f6cb7301b49e21c9cbd26e29271b78'],
    [CONSOLE_PRODUCER_TABLE, '2f532f898775a4a94670813cf31789bfeb8681b18d52fb0899ae6eca4e21f454'],
    [CONSOLE_CONSUMER_TABLE, 'b5d9383d5a797cc22368ee2281d7952e0ded6a4a2f3254496a6f6bfd0181fc85'],
    [GET_OFFSETS_TABLE, '93c52f3cc7ce53c584fcd5a01492d011ef2cb6bac199a63aa25cbcc8e7a0a85b'],
    [CONFIGS_TABLE, '90fac3d7aab24d79f2cddf625af78ac0331d824581cd20b0ae1abfdeda1534c7'],
    [DELETE_RECORDS_TABLE, '2f8ae190b1de001b6742c74bce927cd5aaad9813bdb9ead639f13c15aa5b7f19'],
    [CONSUMER_GROUPS_TABLE, 'a9971774e8bea504fbfd545a4c3ea4507a56ecb812ed8f3fe31f5b7e9b9b0536'],
    [E2E_LATENCY_TABLE, 'e16102e12d8d8fafaf3aba96d83841a081eb79d64d3a371850f776d8a88982e8'],
    [
      CONSOLE_SHARE_CONSUMER_TABLE,
      'b327a34f94c148f9e84c61d09ff7edd2e530203cb1c3bbad4d8c53b28e889806',
    ],
    [SHARE_GROUPS_TABLE, '88ecd790efcf577c4f42da958d9a1984193ae78efd020eec69a6a01669f96901'],
    [SHARE_CONSUMER_PERF_TABLE, '271211b49143c65bc585a7743d23e713ec4a39fe9d6a8c5e7109ed6641a76337'],
    [STREAMS_GROUPS_TABLE, '3b910f0502d75d4c283f52fa06058102491277ede8a4ef41726728dec67c391e'],
    [GROUPS_TABLE, '1b9060a88f71760af566ccbc2328a19d0923562bb53fa4b41f90cf58daae99d1'],
  ])('of $script is that of Apache Kafka to the byte', (table, digest) => {
    expect(createHash('sha256').update(joptHelp(table)).digest('hex')).toBe(digest);
  });

  test('a required option is starred, here and in the headings', () => {
    const table = {
      ...DELETE_RECORDS_TABLE,
      options: [{ name: 'file', description: 'A file.', argument: {}, required: true }],
    };
    expect(joptHelp(table)).toBe(
      'Option (* = required)  Description\n' +
        '---------------------  -----------\n' +
        '* --file <String>      A file.    \n',
    );
  });
});

describe('line breaks as Java finds them', () => {
  test.each([
    ['a b', ['a ', 'b']],
    ['--create. (To', ['--', 'create. ', '(To']],
    ['HOST1:PORT1', ['HOST1:', 'PORT1']],
    ['topic2:0-3,topic3', ['topic2:', '0-', '3,', 'topic3']],
    ['[0-9]*)-([0-9]*))))?', ['[0-', '9]', '*)', '-([0-', '9]', '*))))?']],
    ['(default: 3.14)', ['(default: ', '3.14)']],
  ])('%j', (text, segments) => {
    expect(lineBreakSegments(text)).toEqual(segments);
  });
});
