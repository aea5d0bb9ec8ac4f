// The command line of kafka-console-share-consumer.sh: its checks in Kafka's order, and the consumer's properties
// (ConsoleShareConsumerOptions).

import { Acknowledge } from '../../client/share/share-consumer.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkRequired, usage } from '../../flags/usage.ts';
import { renamed } from '../console-consumer/options.ts';
import { isBootstrapMissing } from '../support/admin.ts';
import { loadProperties, merge, parseKeyValues } from '../support/properties.ts';

const DEFAULT_GROUP = 'console-share-consumer';

export interface ShareOptions {
  /** Without bootstrap.servers. */
  readonly config: Map<string, string>;
  readonly topic: string;
  readonly acknowledgement: Acknowledge;
  readonly rejectsErrors: boolean;
}

/** Throws CommandLineError, or FileError; says what is deprecated. */
export function shareOptions(options: ParsedOptions, context: ToolContext): ShareOptions {
  if (!options.has('topic')) throw usage('--topic is a required argument');
  if (isBootstrapMissing(options, context)) checkRequired(options, 'bootstrap-server');
  if (options.has('reject') && options.has('release')) {
    throw usage('At most one of --reject and --release may be specified.');
  }
  refuseBoth(options, 'consumer-property', 'command-property');
  refuseBoth(options, 'consumer-config', 'command-config');
  const words = renamed(options, 'consumer-property', 'command-property', context);
  const file = options.value(renamed(options, 'consumer-config', 'command-config', context));
  const fromFile =
    file === undefined ? new Map<string, string>() : loadProperties(context.io, file);
  const fromWords = parseKeyValues(options.values(words));
  const config = merge(fromFile, fromWords);
  config.set('group.id', groupOf(options, fromFile, fromWords));
  if (!config.has('client.id')) config.set('client.id', 'console-share-consumer');
  config.set('share.acknowledgement.mode', 'explicit');
  return {
    config,
    topic: options.value('topic')!,
    acknowledgement: acknowledgementOf(options),
    rejectsErrors: options.has('reject-message-on-error'),
  };
}

function refuseBoth(options: ParsedOptions, former: string, current: string): void {
  if (options.has(former) && options.has(current)) {
    throw usage(`Options --${former} and --${current} cannot be specified together.`);
  }
}

/** All that were named must be one and the same. */
function groupOf(
  options: ParsedOptions,
  fromFile: ReadonlyMap<string, string>,
  fromWords: ReadonlyMap<string, string>,
): string {
  const named = [options.value('group'), fromFile.get('group.id'), fromWords.get('group.id')];
  const groups = javaHashMapOrder([...new Set(named.filter((id) => id !== undefined))]);
  if (groups.length > 1) {
    const shown = groups.map((id) => `'${id}'`).join(', ');
    throw usage(
      `The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer-config') do not match. Detected group ids: ${shown}`,
    );
  }
  return groups[0] ?? DEFAULT_GROUP;
}

function acknowledgementOf(options: ParsedOptions): Acknowledge {
  if (options.has('reject')) return Acknowledge.REJECT;
  return options.has('release') ? Acknowledge.RELEASE : Acknowledge.ACCEPT;
}
