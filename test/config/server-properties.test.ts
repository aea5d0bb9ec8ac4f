// server.properties as maps: what is made of them, and which sentence refuses them.
import { describe, expect, it } from 'vitest';
import { BrokerConfig } from '../../src/config/server-properties.ts';

const combined: Record<string, string> = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': '1@localhost:9093',
  listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
  'controller.listener.names': 'CONTROLLER',
  'log.dirs': '/a,/b',
};

const config = (changes: Record<string, string | undefined> = {}): BrokerConfig => {
  const given = Object.entries({ ...combined, ...changes });
  return new BrokerConfig(new Map(given.filter((each): each is [string, string] => !!each[1])));
};

describe('a combined node', () => {
  it('has its listeners by role, its voters and its directories', () => {
    const node = config();
    expect(node.brokerListeners).toEqual([
      { name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 'PLAINTEXT' },
    ]);
    expect(node.controllerListeners.map((listener) => listener.name)).toEqual(['CONTROLLER']);
    expect(node.advertisedListeners).toEqual(node.brokerListeners);
    expect(node.quorumVoters).toEqual([{ id: 1, host: 'localhost', port: 9093 }]);
    expect(node.logDirs).toEqual(['/a', '/b']);
    expect(node.metadataLogDir).toBe('/a');
  });

  it('advertises something else when told so', () => {
    const node = config({ 'advertised.listeners': 'PLAINTEXT://example.org:1' });
    expect(node.advertisedListeners[0]?.host).toBe('example.org');
    expect(node.brokerListeners[0]?.host).toBe('localhost');
  });

  it('reads IPv6 addresses and empty hosts', () => {
    const node = config({ listeners: 'PLAINTEXT://[::1]:9092,CONTROLLER://:9093' });
    expect(node.listeners.map((listener) => listener.host)).toEqual(['::1', '']);
  });

  it('takes retention from the finest unit that is given', () => {
    expect(config().logRetentionTimeMs).toBe(604_800_000);
    expect(config({ 'log.retention.minutes': '2' }).logRetentionTimeMs).toBe(120_000);
    const both = config({ 'log.retention.minutes': '2', 'log.retention.ms': '-1' });
    expect(both.logRetentionTimeMs).toBe(-1);
    expect(both.topicDefaults().get('retention.ms')).toBe(-1);
  });

  it('holds broker.id and node.id to be the same', () => {
    expect(config({ 'broker.id': '1' }).nodeId).toBe(1);
    expect(() => config({ 'broker.id': '2' })).toThrow(
      'You must set `node.id` to the same value as `broker.id`.',
    );
  });
});

const refusals: [string, Record<string, string | undefined>, string][] = [
  [
    'a number that is none',
    { 'num.partitions': 'many' },
    'Invalid value many for configuration num.partitions: Not a number of type INT',
  ],
  [
    'no node id',
    { 'node.id': undefined },
    'Missing required configuration "node.id" which has no default value.',
  ],
  [
    'neither voters nor bootstrap servers',
    { 'controller.quorum.voters': undefined },
    'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of ' +
      'bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.',
  ],
  [
    'voters without this node',
    { 'controller.quorum.voters': '2@localhost:9093' },
    "requirement failed: If process.roles contains the 'controller' role, the node id 1 must be " +
      'included in the set of voters controller.quorum.voters=Set(2)',
  ],
  [
    'a voter without a port',
    { 'controller.quorum.voters': '1@localhost' },
    'Failed to parse host name from entry 1@localhost for the configuration ' +
      'controller.quorum.voters. Each entry should be in the form `{id}@{host}:{port}`.',
  ],
  [
    'a listener that can not be read',
    { listeners: 'localhost:9092' },
    "Error creating broker listeners from '[localhost:9092]': " +
      'Unable to parse localhost:9092 to a broker endpoint',
  ],
  [
    'a listener without a protocol',
    { listeners: 'HOME://:9092,CONTROLLER://:9093' },
    "Error creating broker listeners from '[HOME://:9092, CONTROLLER://:9093]': " +
      'No security protocol defined for listener HOME',
  ],
  [
    'two listeners of one name',
    { listeners: 'PLAINTEXT://:1,PLAINTEXT://:2,CONTROLLER://:3' },
    "Error creating broker listeners from '[PLAINTEXT://:1, PLAINTEXT://:2, CONTROLLER://:3]': " +
      'Each listener must have a different name, listeners: ' +
      '[PLAINTEXT://:1, PLAINTEXT://:2, CONTROLLER://:3]',
  ],
  [
    'an unroutable advertised address',
    { 'advertised.listeners': 'PLAINTEXT://0.0.0.0:9092' },
    'requirement failed: advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. ' +
      'Use a routable IP address.',
  ],
  [
    'a session shorter than the shortest',
    { 'group.consumer.session.timeout.ms': '1' },
    'group.consumer.session.timeout.ms must be greater than or equal to ' +
      'group.consumer.min.session.timeout.ms',
  ],
  [
    'a role nobody knows',
    { 'process.roles': 'nothing' },
    'Invalid value nothing for configuration process.roles: String must be one of: broker, controller',
  ],
];

describe('one sentence refuses', () => {
  for (const [situation, changes, sentence] of refusals) {
    it(situation, () => {
      expect(() => config(changes)).toThrow(expect.objectContaining({ message: sentence }));
    });
  }
});
