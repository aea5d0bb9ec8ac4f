// The server.properties of an embedded broker: one node that is broker and controller, on the loopback,
// with replication factors that one node can keep. Apache Kafka starts from the same lines on the same data.

import type { ClusterPlaces } from './places.ts';

export interface Ports {
  readonly broker: number;
  readonly controller: number;
}

/** Internal topics get fewer partitions than a cluster's: each is a folder of files for one user's machine. */
export function embeddedProperties(
  places: ClusterPlaces,
  ports: Ports,
  overrides: ReadonlyMap<string, string>,
): Map<string, string> {
  return new Map([
    ['process.roles', 'broker,controller'],
    ['node.id', '1'],
    ['controller.quorum.voters', `1@localhost:${ports.controller}`],
    [
      'listeners',
      `PLAINTEXT://localhost:${ports.broker},CONTROLLER://localhost:${ports.controller}`,
    ],
    ['advertised.listeners', `PLAINTEXT://localhost:${ports.broker}`],
    ['controller.listener.names', 'CONTROLLER'],
    ['listener.security.protocol.map', 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT'],
    ['log.dirs', places.dataDirectory],
    ['offsets.topic.num.partitions', '8'],
    ['offsets.topic.replication.factor', '1'],
    ['transaction.state.log.num.partitions', '8'],
    ['transaction.state.log.replication.factor', '1'],
    ['transaction.state.log.min.isr', '1'],
    ['share.coordinator.state.topic.num.partitions', '8'],
    ['share.coordinator.state.topic.replication.factor', '1'],
    ['share.coordinator.state.topic.min.isr', '1'],
    ['group.initial.rebalance.delay.ms', '0'],
    // A laptop's idle broker writes nothing: no NoOp record every half second.
    ['metadata.max.idle.interval.ms', '0'],
    ...overrides,
  ]);
}

/** `key=value` each, as --override takes them. Throws an Error that names the one which isn't. */
export function parseOverrides(overrides: readonly string[]): Map<string, string> {
  return new Map(
    overrides.map((override) => {
      const equals = override.indexOf('=');
      if (equals <= 0) throw new Error(`--override takes key=value, not '${override}'.`);
      return [override.slice(0, equals).trim(), override.slice(equals + 1)];
    }),
  );
}
