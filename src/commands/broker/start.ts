import { Flags } from '@oclif/core';
import { ensureBroker } from '../../daemon/ensure.ts';
import { addressOf } from '../../daemon/state.ts';
import { CLUSTER_FLAG, KaftaCommand, OUTPUT_FLAG } from '../support/kafta-command.ts';

export default class BrokerStart extends KaftaCommand {
  static override readonly summary = 'Start the embedded broker in the background';
  static override readonly description =
    'Other commands start it when they need it; this is for choosing its port and properties.';
  static override readonly examples = [
    'kafta broker start',
    'kafta broker start --cluster test --port 19092',
    'kafta broker start --override auto.create.topics.enable=false',
  ];
  static override readonly flags = {
    cluster: CLUSTER_FLAG,
    output: OUTPUT_FLAG,
    port: Flags.integer({
      description: "The port for clients; last time's, 9092 or the next free one when absent.",
      min: 1,
      max: 65_535,
    }),
    override: Flags.string({
      description: 'A property of server.properties, for this run.',
      helpValue: 'key=value',
      multiple: true,
      default: [],
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(BrokerStart);
    const { out, io, err } = this.open(flags);
    const places = this.places(flags.cluster);
    const { state, wasStarted, remark } = await ensureBroker(io, places, {
      overrides: flags.override,
      ...(flags.port === undefined ? {} : { port: flags.port }),
    });
    if (remark !== undefined) err(`Another port than usual: ${remark}.`);
    if (!wasStarted && (flags.port ?? state.port) !== state.port) {
      throw new Error(
        `The broker '${places.cluster}' runs at port ${state.port} already; 'kafta broker stop' first.`,
      );
    }
    const address = addressOf(state);
    await out.present({
      kafka: () => [wasStarted ? `Started at ${address}` : `Runs already at ${address}`],
      data: () => ({
        cluster: places.cluster,
        bootstrapServer: address,
        pid: state.pid,
        wasStarted,
      }),
    });
    await out.flush();
  }
}
