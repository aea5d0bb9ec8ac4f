// What kafta's own commands (broker, launchers, context …) have in common: the global flags, an Output, one-line errors.

import { Command, Flags, type Interfaces } from '@oclif/core';
import { type ClusterPlaces, clusterName, clusterPlaces } from '../../daemon/places.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../output/output.ts';
import { type ProcessContext, processContext } from './context.ts';

export const OUTPUT_FLAG = Flags.string({
  description: 'How to print: kafka (plain lines), table, json or yaml.',
  options: [...OUTPUT_FORMATS],
  helpGroup: 'KAFTA',
});

export const CLUSTER_FLAG = Flags.string({
  description: "The embedded broker's name.",
  env: 'KAFTA_CLUSTER',
  default: 'default',
  helpGroup: 'KAFTA',
});

export const NO_INPUT_FLAG = Flags.boolean({
  description: 'Never ask; take the safe answer.',
  helpGroup: 'KAFTA',
});

export abstract class KaftaCommand extends Command {
  /** Streams, signals and confirmation of this process. */
  protected open(flags: { output?: string | undefined; 'no-input'?: boolean }): ProcessContext {
    return processContext({
      manner: 'modern',
      isLenient: true,
      output: flags.output as OutputFormat | undefined,
      mayAsk: flags['no-input'] !== true,
    });
  }

  protected places(cluster: string): ClusterPlaces {
    return clusterPlaces(clusterName(cluster, process.env), process.env);
  }
}

export type { Interfaces };
