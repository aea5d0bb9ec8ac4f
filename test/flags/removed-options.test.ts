import { describe, expect, test } from 'vitest';
import type { OptionTable } from '../../src/flags/option-table.ts';
import { applyRemovedOptions } from '../../src/flags/removed-options.ts';

const TABLE: OptionTable = {
  script: 'kafka-sample',
  command: 'sample',
  classNames: [],
  parser: 'jopt',
  description: '',
  summary: '',
  options: [
    { name: 'bootstrap-server', description: '', argument: {} },
    { name: 'topic', description: '', argument: {} },
    { name: 'list', description: '' },
  ],
  removed: [
    { name: 'zookeeper', takesArgument: true, advice: 'topics live on the broker' },
    { name: 'broker-list', takesArgument: true, becomes: 'bootstrap-server' },
    { name: 'new-consumer', takesArgument: false },
  ],
};

function apply(...argv: string[]) {
  return applyRemovedOptions(TABLE, argv);
}

describe('an option that Kafka has removed', () => {
  test('is dropped with its argument, in either form, and warned of once', () => {
    for (const form of [['--zookeeper', 'h:1'], ['--zookeeper=h:1'], ['-zookeeper', 'h:1']]) {
      const { words, warnings } = apply(...form, '--list', ...form);
      expect(words).toEqual(['--list']);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('zookeeper was removed from Apache Kafka and is ignored');
    }
  });

  test('becomes the option of today', () => {
    expect(apply('--broker-list', 'h:1').words).toEqual(['--bootstrap-server', 'h:1']);
    expect(apply('--broker-list=h:1').words).toEqual(['--bootstrap-server=h:1']);
    expect(apply('--broker-list', 'h:1').warnings[0]).toContain('now is --bootstrap-server');
  });

  test('without an argument leaves the next word alone', () => {
    expect(apply('--new-consumer', '--topic', 't').words).toEqual(['--topic', 't']);
  });

  test('is no option where it is the argument of another, or after --', () => {
    expect(apply('--topic', '--zookeeper').words).toEqual(['--topic', '--zookeeper']);
    expect(apply('--', '--zookeeper', 'x').words).toEqual(['--', '--zookeeper', 'x']);
  });
});
