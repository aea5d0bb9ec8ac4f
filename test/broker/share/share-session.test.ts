// The bounds of share sessions: how many there are, and how many partitions they have together.

import { describe, expect, test } from 'vitest';
import { ShareSessions } from '../../../src/broker/share/share-session.ts';

const TOPIC = 'AAAAAAAAAAAAAAAAAAAAAQ';
const connection = { id: 1, onGone: () => () => {} };
const partitions = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ topicId: TOPIC, partition: from + index }));

function open(sessions: ShareSessions, memberId: string, count: number) {
  return sessions.create('g', memberId, partitions(count), connection, () => {});
}

describe('share sessions', () => {
  test('are refused when there are as many as may be', () => {
    const sessions = new ShareSessions(2);
    open(sessions, 'a', 1);
    open(sessions, 'b', 1);
    expect(() => open(sessions, 'c', 1)).toThrow('limit of share sessions');
    // A member that begins anew takes its own place.
    expect(open(sessions, 'b', 1).partitions.size).toBe(1);
  });

  test('have no more partitions together than may be, and get room back', () => {
    const sessions = new ShareSessions(10, 5);
    const a = open(sessions, 'a', 3);
    const b = open(sessions, 'b', 3);
    expect(b.partitions.size).toBe(2);
    expect(() => open(sessions, 'c', 1)).toThrow('limit of share sessions');
    sessions.update(a, [], partitions(2));
    sessions.update(b, partitions(3, 10), []);
    expect([a.partitions.size, b.partitions.size]).toEqual([1, 4]);
    sessions.remove(b);
    expect(open(sessions, 'c', 9).partitions.size).toBe(4);
  });
});
