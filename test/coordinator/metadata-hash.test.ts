import { describe, expect, test } from 'vitest';
import { groupHash, topicHash } from '../../src/coordinator/group/metadata-hash.ts';
import type { TopicInfo } from '../../src/coordinator/group/topic-lookup.ts';

function topic(name: string, id: string, partitionCount: number, racks?: string[]): TopicInfo {
  return { name, id, partitionCount, ...(racks === undefined ? {} : { racks: () => racks }) };
}

// Computed with Kafka 4.3.1: org.apache.kafka.coordinator.group.Utils.computeTopicHash and computeGroupHash.
const FOO = topic('foo', 'AAAAAAAAAAAAAAAAAAAABA', 1);
const BAR = topic('bar', 'kaftaTopicBBBBBBBBBBAA', 3);
const MANY = topic('a-longer.name_of-a-topic-with-many-partitions', 'q83vASNFZ4mrze8BI0VniQ', 60);
const RACKED = topic('racked', 'q83vASNFZ4mrze8BI0VniQ', 2, ['zone-b', 'zone-a']);

describe("the hash of a group's topics is Kafka's", () => {
  test.each([
    [FOO, 4759992439588082560n],
    [BAR, -3065263558203115371n],
    [MANY, 2200508464964410183n],
    [RACKED, -6156904014549557750n],
  ])('for one topic: %o', (info, hash) => {
    expect(topicHash(info)).toBe(hash);
  });

  test('for several, in the order of their names, each once', () => {
    expect(groupHash([RACKED, FOO, MANY, BAR, FOO])).toBe(2363442863017097749n);
    expect(groupHash([FOO])).toBe(4532896804944504009n);
  });

  test('for none', () => {
    expect(groupHash([])).toBe(0n);
  });
});
