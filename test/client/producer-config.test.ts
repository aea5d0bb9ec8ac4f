// The producer's configs where one forbids another, in the words of Kafka's ProducerConfig.

import { describe, expect, test } from 'vitest';
import { producerConfig } from '../../src/client/config/producer-config.ts';

function read(config: Record<string, string>) {
  return producerConfig(new Map(Object.entries(config)), 'test');
}

describe('a transactional producer', () => {
  test('can’t do without idempotence', () => {
    expect(() => read({ 'transactional.id': 't', 'enable.idempotence': 'false' })).toThrow(
      'Cannot set a transactional.id without also enabling idempotence.',
    );
  });

  test('takes two-phase commit, but then no time-out of its own', () => {
    const twoPhase = { 'transactional.id': 't', 'transaction.two.phase.commit.enable': 'true' };
    expect(read(twoPhase).transactionTimeoutMs).toBe(60_000);
    expect(() => read({ ...twoPhase, 'transaction.timeout.ms': '60000' })).toThrow(
      'Cannot set transaction.timeout.ms when transaction.two.phase.commit.enable is set to true.',
    );
  });
});
