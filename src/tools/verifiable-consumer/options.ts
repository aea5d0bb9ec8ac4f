// What kafka-verifiable-consumer.sh is asked to do (VerifiableConsumer.createFromArgs).

import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { ToolError } from '../support/java-error.ts';
import { verifiableProperties } from '../verifiable-producer/options.ts';

export interface VerifyPlan {
  readonly topic: string;
  /** Infinity: until told to stop. */
  readonly maxMessages: number;
  readonly isVerbose: boolean;
  readonly autoCommits: boolean;
  readonly config: Map<string, string>;
}

/** Throws ArgparseRefusal, and ToolError for a protocol that doesn't exist. */
export async function verifyPlan(
  options: ParsedOptions,
  context: ToolContext,
): Promise<VerifyPlan> {
  const config = verifiableProperties(options, context, 'consumer.config');
  setProtocol(options, config);
  const sessionTimeoutMs = options.integer('session-timeout');
  if (sessionTimeoutMs !== undefined) config.set('session.timeout.ms', String(sessionTimeoutMs));
  config.set('group.id', options.value('group-id')!);
  const instance = options.value('group-instance-id');
  if (instance !== undefined) config.set('group.instance.id', instance);
  config.set('bootstrap.servers', await context.bootstrap(options.value('bootstrap-server')));
  const autoCommits = options.has('enable-autocommit');
  config.set('enable.auto.commit', String(autoCommits));
  config.set('auto.offset.reset', options.value('reset-policy')!);
  const maxMessages = options.integer('max-messages')!;
  return {
    topic: options.value('topic')!,
    maxMessages: maxMessages < 0 ? Number.POSITIVE_INFINITY : maxMessages,
    isVerbose: options.has('verbose'),
    autoCommits,
    config,
  };
}

function setProtocol(options: ParsedOptions, config: Map<string, string>): void {
  const protocol = options.value('group-protocol')!.toUpperCase();
  if (protocol !== 'CLASSIC' && protocol !== 'CONSUMER') {
    throw new ToolError(
      `No enum constant org.apache.kafka.clients.consumer.GroupProtocol.${protocol}`,
    );
  }
  config.set('group.protocol', protocol);
  if (protocol === 'CLASSIC') {
    config.set('partition.assignment.strategy', options.value('assignment-strategy')!);
    return;
  }
  const assignor = options.value('group-remote-assignor');
  if (assignor !== undefined) config.set('group.remote.assignor', assignor);
}
