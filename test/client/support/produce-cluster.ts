// A fake broker that takes Produce and InitProducerId into fake logs, with faults on the way as a test asks for them.

import type { DeliveryReport } from '../../../src/client/producer/producer.ts';
import { Producer, type ProducerOptions } from '../../../src/client/producer/producer.ts';
import { INIT_PRODUCER_ID } from '../../../src/protocol/generated/apis/init-producer-id.ts';
import { PRODUCE } from '../../../src/protocol/generated/apis/produce.ts';
import type { ProduceRequest } from '../../../src/protocol/generated/apis/produce-request.ts';
import type { VirtualWorld } from '../../simulation/virtual-io.ts';
import { FakeBroker, HANG_UP, SILENCE } from './fake-broker.ts';
import { FakeLog } from './fake-log.ts';

/** What happens to a Produce request; a number is an error code for every partition. */
export type Fault =
  | 'none'
  | 'lost request'
  | 'lost answer'
  | 'silence'
  | number
  | { readonly errorCode: number; readonly logStartOffset: number };

export class ProduceCluster {
  readonly world: VirtualWorld;
  readonly broker: FakeBroker;
  readonly logs = new Map<string, FakeLog>();
  readonly requests: ProduceRequest[] = [];
  readonly reports: DeliveryReport[] = [];
  nextProducerId = 77;
  /** Of every producer id that is given. */
  firstEpoch = 0;
  /** Asked for every Produce request, in order. */
  fault: (index: number) => Fault = () => 'none';

  private constructor(world: VirtualWorld, broker: FakeBroker) {
    this.world = world;
    this.broker = broker;
    broker.on(INIT_PRODUCER_ID, () => ({
      producerId: this.nextProducerId++,
      producerEpoch: this.firstEpoch,
    }));
    broker.on(PRODUCE, (request) => this.#produce(request), { maxVersion: 12 });
  }

  static async start(world: VirtualWorld, nodeId = 1, peer?: FakeBroker): Promise<ProduceCluster> {
    return new ProduceCluster(world, await FakeBroker.start(world, nodeId, peer));
  }

  producer(config: Record<string, string> = {}, more: Partial<ProducerOptions> = {}): Producer {
    return new Producer({
      bootstrapServers: [this.broker.address],
      io: this.world.process().io,
      config: new Map(Object.entries(config)),
      onDelivery: (report) => this.reports.push(report),
      ...more,
    });
  }

  log(topic: string, partition = 0): FakeLog {
    const key = `${topic}-${partition}`;
    const log = this.logs.get(key) ?? new FakeLog();
    this.logs.set(key, log);
    return log;
  }

  get acknowledged(): number {
    return this.reports.reduce(
      (sum, report) => sum + (report.error === undefined ? report.recordCount : 0),
      0,
    );
  }

  get errors(): string[] {
    return this.reports.flatMap((report) =>
      report.error === undefined ? [] : [report.error.toString()],
    );
  }

  #produce(request: ProduceRequest) {
    const fault = this.fault(this.requests.length);
    this.requests.push(request);
    if (fault === 'lost request') return HANG_UP;
    const responses = request.topicData.map(({ name, partitionData }) => ({
      name,
      partitionResponses: partitionData.map(({ index, records }) => {
        if (typeof fault === 'number') return { index, errorCode: fault, baseOffset: -1 };
        if (typeof fault === 'object') return { index, ...fault, baseOffset: -1 };
        return { index, ...this.log(name, index).append(records!) };
      }),
    }));
    if (fault === 'lost answer') return HANG_UP;
    if (fault === 'silence' || request.acks === 0) return SILENCE;
    return { responses };
  }
}

/** Appends a value, waiting as long as it takes. */
export async function append(
  producer: Producer,
  topic: string,
  value: string,
  partition = -1,
  key: string | null = null,
): Promise<void> {
  const bytes = Buffer.from(value);
  const keyBytes = key === null ? null : Buffer.from(key);
  const keyEnd = keyBytes?.length ?? 0;
  const take = () =>
    producer.append(topic, partition, -1, keyBytes, 0, keyEnd, bytes, 0, bytes.length, null);
  while (!take()) await producer.ready(topic);
}

export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `value ${index}`);
}
