import { Flags } from '@oclif/core';
import { stopBroker } from '../../daemon/stop.ts';
import { CLUSTER_FLAG, KaftaCommand, OUTPUT_FLAG } from '../support/kafta-command.ts';

export default class BrokerStop extends KaftaCommand {
  static override readonly summary = 'Stop the embedded broker in order';
  static override readonly examples = ['kafta broker stop', 'kafta broker stop --cluster test'];
  static override readonly flags = {
    cluster: CLUSTER_FLAG,
    output: OUTPUT_FLAG,
    timeout: Flags.integer({ description: 'Seconds to wait for its end.', default: 30, min: 1 }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(BrokerStop);
    const { out, io } = this.open(flags);
    const places = this.places(flags.cluster);
    const wasRunning = await stopBroker(io, places, flags.timeout * 1000);
    await out.present({
      kafka: () => [wasRunning ? 'Stopped' : `The broker '${places.cluster}' isn't running`],
      data: () => ({ cluster: places.cluster, wasRunning }),
    });
    await out.flush();
  }
}
