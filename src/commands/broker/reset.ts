import { Flags } from '@oclif/core';
import { stopBroker } from '../../daemon/stop.ts';
import { CLUSTER_FLAG, KaftaCommand, NO_INPUT_FLAG } from '../support/kafta-command.ts';

export default class BrokerReset extends KaftaCommand {
  static override readonly summary = 'Stop the embedded broker and delete its data';
  static override readonly description = 'Asks first; without a terminal it wants --yes.';
  static override readonly examples = [
    'kafta broker reset',
    'kafta broker reset --cluster test --yes',
  ];
  static override readonly flags = {
    cluster: CLUSTER_FLAG,
    yes: Flags.boolean({ char: 'y', description: "Don't ask." }),
    'no-input': NO_INPUT_FLAG,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(BrokerReset);
    const { out, io, confirm } = this.open(flags);
    const places = this.places(flags.cluster);
    const question = `Delete all topics and records of '${places.cluster}' (${places.dataDirectory})?`;
    if (!flags.yes && !(await confirm(question))) {
      throw new Error(
        `Nothing was deleted; '--yes' deletes ${places.dataDirectory} without asking.`,
      );
    }
    await stopBroker(io, places, 30_000);
    // Not while another command is bringing it up again.
    io.disk.makeDirectory(places.stateDirectory, { mode: 0o700 });
    const lock = io.disk.lock(places.daemonLock);
    if (lock === undefined)
      throw new Error(`The broker '${places.cluster}' was started meanwhile; try again.`);
    io.disk.remove(places.dataDirectory);
    lock.release();
    out.line(`Deleted ${places.dataDirectory}`);
    await out.flush();
  }
}
