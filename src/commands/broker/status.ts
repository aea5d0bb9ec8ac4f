import { Flags } from '@oclif/core';
import { knownClusters } from '../../daemon/servers.ts';
import { addressOf, livingBroker } from '../../daemon/state.ts';
import { KaftaCommand, OUTPUT_FLAG } from '../support/kafta-command.ts';

export default class BrokerStatus extends KaftaCommand {
  static override readonly summary = 'Say which embedded brokers run, where, and with which data';
  static override readonly description =
    "Exits with 1 when the one that --cluster names isn't running.";
  static override readonly examples = ['kafta broker status', 'kafta broker status --output json'];
  static override readonly flags = {
    cluster: Flags.string({ description: 'Only this one.', helpGroup: 'KAFTA' }),
    output: OUTPUT_FLAG,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(BrokerStatus);
    const { out, io } = this.open(flags);
    const names = flags.cluster === undefined ? knownClusters(io, process.env) : [flags.cluster];
    const nowMs = io.clock.nowMs();
    const clusters = names.map((cluster) => {
      const places = this.places(cluster);
      const state = livingBroker(io, places);
      return {
        cluster,
        isRunning: state !== undefined,
        bootstrapServer: state === undefined ? null : addressOf(state),
        pid: state?.pid ?? null,
        upSeconds: state === undefined ? null : Math.round((nowMs - state.startedMs) / 1000),
        dataDirectory: places.dataDirectory,
        logFile: places.logFile,
      };
    });
    await out.present({
      kafka: () =>
        clusters.length === 0
          ? ['No embedded broker has been started yet']
          : clusters.map((each) =>
              each.isRunning
                ? `${each.cluster}: running at ${each.bootstrapServer}, process ${each.pid}, data in ${each.dataDirectory}`
                : `${each.cluster}: not running, data in ${each.dataDirectory}`,
            ),
      data: () => clusters,
      ...(clusters.length === 0 ? {} : { table: () => statusTable(clusters) }),
    });
    await out.flush();
    if (flags.cluster !== undefined && clusters[0]?.isRunning !== true) process.exitCode = 1;
  }
}

interface Row {
  readonly cluster: string;
  readonly isRunning: boolean;
  readonly bootstrapServer: string | null;
  readonly pid: number | null;
  readonly upSeconds: number | null;
  readonly dataDirectory: string;
}

function statusTable(clusters: readonly Row[]) {
  return {
    columns: [
      { name: 'CLUSTER' },
      {
        name: 'STATE',
        tone: (cell: unknown) => (cell === 'running' ? ('good' as const) : ('dim' as const)),
      },
      { name: 'ADDRESS' },
      { name: 'PROCESS', align: 'right' as const },
      { name: 'UP', align: 'right' as const },
      { name: 'DATA' },
    ],
    rows: clusters.map((each) => [
      each.cluster,
      each.isRunning ? 'running' : 'stopped',
      each.bootstrapServer ?? undefined,
      each.pid ?? undefined,
      each.upSeconds === null ? undefined : duration(each.upSeconds),
      each.dataDirectory,
    ]),
  };
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
