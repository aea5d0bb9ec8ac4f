// Our own broker in a virtual world: for what a scripted one can't play, such as a group that rebalances.

import { Broker } from '../../../src/broker/broker.ts';
import { createTopics } from '../../../src/client/admin/create-topics.ts';
import { Consumer } from '../../../src/client/consumer/consumer.ts';
import { KafkaClient } from '../../../src/client/kafka-client.ts';
import { Producer } from '../../../src/client/producer/producer.ts';
import { BrokerConfig } from '../../../src/config/server-properties.ts';
import { formatWhenNew } from '../../../src/daemon/format.ts';
import type { VirtualWorld } from '../../simulation/virtual-io.ts';

export class RealCluster {
  readonly world: VirtualWorld;
  readonly broker: Broker;
  readonly bootstrapServers: string[];

  private constructor(world: VirtualWorld, broker: Broker) {
    this.world = world;
    this.broker = broker;
    const port = broker.listeners.find(({ name }) => name === 'PLAINTEXT')?.port;
    this.bootstrapServers = [`localhost:${port}`];
  }

  static async start(world: VirtualWorld): Promise<RealCluster> {
    const { io } = world.process();
    const config = new BrokerConfig(
      new Map([
        ['process.roles', 'broker,controller'],
        ['node.id', '1'],
        ['controller.quorum.voters', '1@localhost:39093'],
        ['listeners', 'PLAINTEXT://localhost:39092,CONTROLLER://localhost:39093'],
        ['controller.listener.names', 'CONTROLLER'],
        ['log.dirs', '/data'],
        ['offsets.topic.replication.factor', '1'],
        ['offsets.topic.num.partitions', '1'],
        ['transaction.state.log.replication.factor', '1'],
        ['transaction.state.log.min.isr', '1'],
        ['transaction.state.log.num.partitions', '2'],
        ['group.initial.rebalance.delay.ms', '0'],
      ]),
    );
    io.disk.makeDirectory('/data', { mode: 0o700 });
    formatWhenNew(io, config);
    return new RealCluster(world, await Broker.start({ config, io }));
  }

  async createTopic(name: string, partitions: number): Promise<void> {
    const client = this.client();
    const created = await createTopics(client, [{ name, partitions }]);
    await client.close();
    const { error } = created.get(name)!;
    if (error !== undefined) throw error;
  }

  client(): KafkaClient {
    const { bootstrapServers } = this;
    return new KafkaClient({ bootstrapServers, io: this.world.process().io });
  }

  consumer(config: Record<string, string>): Consumer {
    const { bootstrapServers } = this;
    return new Consumer({
      bootstrapServers,
      io: this.world.process().io,
      config: new Map(Object.entries({ 'auto.offset.reset': 'earliest', ...config })),
    });
  }

  producer(config: Record<string, string> = {}): Producer {
    const { bootstrapServers } = this;
    const io = this.world.process().io;
    return new Producer({ bootstrapServers, io, config: new Map(Object.entries(config)) });
  }
}
