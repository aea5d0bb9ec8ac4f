// kafka-streams-application-reset.sh: sets an application's offsets back and deletes the topics that it made for itself,
// so that it reads its input again (org.apache.kafka.tools.StreamsResetter).

import { alterGroupOffsets } from '../../client/admin/alter-group-offsets.ts';
import { deleteTopics } from '../../client/admin/delete-topics.ts';
import { describeConsumerGroups } from '../../client/admin/describe-consumer-groups.ts';
import { describeTopics } from '../../client/admin/describe-topics.ts';
import { listTopics } from '../../client/admin/list-topics.ts';
import { removeGroupMembers } from '../../client/admin/remove-group-members.ts';
import type { ClientError } from '../../client/errors.ts';
import { KafkaClient } from '../../client/kafka-client.ts';
import { type ConsumerGroupMember, OffsetSpec, type TopicPartition } from '../../client/types.ts';
import { javaHashMapOrder } from '../../common/java.ts';
import { CommandLineError, type ParsedOptions } from '../../flags/parsed-options.ts';
import { STREAMS_RESET_TABLE } from '../../flags/tables/streams-application-reset.ts';
import type { Tool } from '../../flags/tool.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { checkInvalid } from '../../flags/usage.ts';
import { Errors } from '../../protocol/errors.ts';
import { namesOf, stopFirstOf } from '../support/groups/busy-group.ts';
import type { PlannedOffset } from '../support/groups/offset-plan.ts';
import { hashOrder } from '../support/hash-order.ts';
import { isStreamsInternalTopic } from '../support/internal-topics.ts';
import { describeError, ToolError } from '../support/java-error.ts';
import { executionError, orThrow, rootCause } from '../support/java-future.ts';
import { loadProperties, splitServers } from '../support/properties.ts';
import { inputPositions, offsetsAt, type ResetContext } from './positions.ts';

export const STREAMS_RESET: Tool = {
  table: STREAMS_RESET_TABLE,
  bareMessage: 'Missing required option(s) [application-id]',
  run: runStreamsReset,
};

const SCENARIOS = [
  'to-offset',
  'to-datetime',
  'by-duration',
  'to-earliest',
  'to-latest',
  'from-file',
  'shift-by',
];
const DEFAULT_SERVER = 'localhost:9092';
const DESCRIBE_TIMEOUT_MS = 10_000;
const COMMIT_FAILED = 'org.apache.kafka.clients.consumer.CommitFailedException';
/** What the consumer, by which Kafka's tool commits, says of every group that it isn't in. */
const KICKED_OUT =
  'Commit cannot be completed since the group has already rebalanced and assigned the partitions to another member. ' +
  'This means that the time between subsequent calls to poll() was longer than the configured max.poll.interval.ms, ' +
  'which typically implies that the poll loop is spending too much time message processing. ' +
  'You can address this either by increasing max.poll.interval.ms ' +
  'or by reducing the maximum size of batches returned in poll() with max.poll.records.';

async function runStreamsReset(options: ParsedOptions, context: ToolContext): Promise<number> {
  check(options);
  try {
    const client = await open(options, context);
    try {
      return await reset({ client, options, context });
    } finally {
      await client.close();
    }
  } catch (error) {
    if (context.manner === 'modern')
      throw error instanceof CommandLineError ? error : rootCause(error);
    await context.out.flush();
    const shown =
      error instanceof CommandLineError
        ? `${error.exception}: ${error.message}`
        : describeError(error);
    context.err(`ERROR: ${shown}\n${shown}`);
    return 1;
  }
}

function check(options: ParsedOptions): void {
  for (const scenario of SCENARIOS) {
    checkInvalid(
      options,
      scenario,
      SCENARIOS.filter((other) => other !== scenario),
    );
  }
  checkInvalid(options, 'config-file', ['command-config']);
}

async function open(options: ParsedOptions, context: ToolContext): Promise<KafkaClient> {
  if (options.has('config-file')) {
    context.deprecation(
      'Option --config-file has been deprecated and will be removed in a future version. Use --command-config instead.',
    );
  }
  const file = options.value(options.has('config-file') ? 'config-file' : 'command-config');
  const config = file === undefined ? new Map<string, string>() : loadProperties(context.io, file);
  const given = options.value('bootstrap-server');
  const servers = await context.bootstrap(
    given ?? (context.isLenient ? undefined : DEFAULT_SERVER),
  );
  config.set('bootstrap.servers', servers);
  return new KafkaClient({ bootstrapServers: splitServers(servers), config, io: context.io });
}

async function reset(state: ResetContext): Promise<number> {
  const { client, options, context } = state;
  await ensureInactive(state);
  const listings = await listTopics(client, { listInternal: false });
  const topics = javaHashMapOrder(listings.map(({ name }) => name));
  const isDry = options.has('dry-run');
  if (isDry) {
    context.notice(
      '----Dry run displays the actions which will be performed when running Streams Reset Tool----',
    );
  }
  const internal = ownTopics(state, topics);
  if (!isDry && context.manner === 'modern' && !(await hasConsent(state, internal))) {
    context.err(
      'Nothing was changed. --yes resets the application, --dry-run shows what it would do.',
    );
    return 1;
  }
  const code = await resetOffsets(state, new Set(topics));
  await deleteInternalTopics(state, internal);
  return code;
}

/** kafta asks people before it deletes. */
async function hasConsent({ options, context }: ResetContext, topics: readonly string[]) {
  if (options.has('yes') || !context.stdin.isTerminal) return true;
  const what = topics.length === 0 ? '' : ` and delete ${topics.join(', ')}`;
  return context.confirm(`Reset the offsets of ${options.value('application-id')}${what}?`);
}

/** Members must be gone, or go with --force. */
async function ensureInactive({ client, options, context }: ResetContext): Promise<void> {
  const groupId = options.value('application-id')!;
  const timeout = { timeoutMs: DESCRIBE_TIMEOUT_MS };
  const { value, error } = (await describeConsumerGroups(client, [groupId], timeout)).get(groupId)!;
  if (error?.code === Errors.GROUP_ID_NOT_FOUND) return;
  if (error !== undefined) throw executionError(error);
  const { members } = value;
  if (members.length === 0) return;
  if (!options.has('force')) throw stillActive(groupId, members, context);
  context.notice(`Force deleting all active members in the group: ${groupId}`);
  await removeGroupMembers(
    client,
    groupId,
    members.map(({ memberId }) => memberId),
  );
}

function stillActive(
  groupId: string,
  members: readonly ConsumerGroupMember[],
  { manner }: ToolContext,
): ToolError {
  const shown = manner === 'modern' ? namesOf(members) : members.map(javaText).join(', ');
  return new ToolError(
    `Consumer group '${groupId}' is still active and has following members: [${shown}]. ` +
      'Make sure to stop all running application instances before running the reset tool. ' +
      "You can use option '--force' to remove active members from the group.",
    'java.lang.IllegalStateException',
  );
}

/** MemberDescription.toString. */
function javaText(member: ConsumerGroupMember): string {
  const partitions = (list: readonly TopicPartition[]) =>
    `(topicPartitions=${hashOrder(list)
      .map(({ topic, partition }) => `${topic}-${partition}`)
      .join(',')})`;
  const target = member.targetAssignment;
  return (
    `(memberId=${member.memberId}, groupInstanceId=${member.groupInstanceId ?? 'null'}, rackId=null, ` +
    `clientId=${member.clientId}, host=${member.clientHost}, assignment=${partitions(member.assignment)}, ` +
    `targetAssignment=${target === undefined ? 'Optional.empty' : `Optional[${partitions(target)}]`}, ` +
    `memberEpoch=${member.memberEpoch ?? 'null'}, upgraded=${member.isUpgraded ?? 'null'})`
  );
}

async function resetOffsets(state: ResetContext, existing: ReadonlySet<string>): Promise<number> {
  const { options, context } = state;
  const inputs = options.values('input-topics');
  if (options.has('intermediate-topics')) {
    context.deprecation(
      'WARN: `--intermediate-topics` is deprecated and will be removed in a future release',
    );
  }
  const intermediates = options.values('intermediate-topics');
  if (inputs.length === 0 && intermediates.length === 0) {
    context.notice('No input or intermediate topics specified. Skipping seek.');
    return 0;
  }
  if (inputs.length > 0) {
    context.notice(`Reset-offsets for input topics [${inputs.join(', ')}]`);
  }
  if (intermediates.length > 0) {
    context.notice(`Seek-to-end for intermediate topics [${intermediates.join(', ')}]`);
  }
  const isInputMissing = tellMissing(context, 'input', inputs, existing);
  const isOtherMissing = tellMissing(context, 'intermediate', intermediates, existing);
  const isMissing = isInputMissing || isOtherMissing;
  const found = [...new Set([...inputs, ...intermediates])].filter((topic) => existing.has(topic));
  if (found.length > 0) {
    await moveOffsets(state, found, inputs);
    context.notice('Done.');
  }
  return isMissing ? 1 : 0;
}

function tellMissing(
  context: ToolContext,
  kind: 'input' | 'intermediate',
  topics: readonly string[],
  existing: ReadonlySet<string>,
): boolean {
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return false;
  context.notice(`Following ${kind} topics are not found, skipping them`);
  // Kafka's tool has a blank for one kind only.
  const label = kind === 'input' ? 'Topic: ' : 'Topic:';
  for (const topic of missing) context.notice(label + topic);
  return true;
}

async function moveOffsets(
  state: ResetContext,
  topics: readonly string[],
  inputs: readonly string[],
): Promise<void> {
  const { client, options, context } = state;
  const groupId = options.value('application-id')!;
  const partitions: TopicPartition[] = [];
  for (const [topic, outcome] of await describeTopics(client, topics)) {
    for (const { partition } of orThrow(outcome).partitions) partitions.push({ topic, partition });
  }
  const ofInput = hashOrder(partitions.filter(({ topic }) => inputs.includes(topic)));
  const others = hashOrder(partitions.filter(({ topic }) => !inputs.includes(topic)));
  const offsets = [];
  if (ofInput.length > 0) {
    context.notice(
      `Following input topics offsets will be reset to (for consumer group ${groupId})`,
    );
    offsets.push(...(await positionsOrTell(state, ofInput)));
    for (const { topic, partition, offset } of offsets) {
      context.notice(`Topic: ${topic} Partition: ${partition} Offset: ${offset}`);
    }
  }
  if (others.length > 0) {
    context.notice(
      `Following intermediate topics offsets will be reset to end (for consumer group ${groupId})`,
    );
    for (const { topic } of others) context.notice(`Topic: ${topic}`);
    offsets.push(...(await offsetsAt(state, others, OffsetSpec.LATEST)));
  }
  if (options.has('dry-run')) return;
  for (const { error } of (await alterGroupOffsets(client, groupId, offsets)).values()) {
    if (error !== undefined) throw await commitRefusal(state, error);
  }
}

/** A group of the streams protocol isn't among those that are looked at before: its members show only here. */
async function commitRefusal(state: ResetContext, error: ClientError): Promise<Error> {
  if (error.code !== Errors.UNKNOWN_MEMBER_ID) return error;
  if (state.context.manner === 'exact') return new ToolError(KICKED_OUT, COMMIT_FAILED, error);
  const groupId = state.options.value('application-id')!;
  const service = { ...state, timeoutMs: DESCRIBE_TIMEOUT_MS };
  return new ToolError(
    `The application '${groupId}' still runs.${await stopFirstOf(service, groupId, 'Streams')}`,
  );
}

/** Kafka's tool has a line of its own for files and times that it can't read, before the one that every failure has. */
async function positionsOrTell(
  state: ResetContext,
  partitions: readonly TopicPartition[],
): Promise<PlannedOffset[]> {
  try {
    return await inputPositions(state, partitions);
  } catch (error) {
    const cause = rootCause(error);
    const isUnreadable = /^java\.(io\.IO|text\.Parse)Exception: /.test(describeError(cause));
    if (!isUnreadable) throw error;
    if (state.context.manner === 'exact') {
      await state.context.out.flush();
      state.context.err('ERROR: Resetting offsets failed.');
    }
    throw cause;
  }
}

/** Those that the application made, or those of them that are named. */
function ownTopics({ options }: ResetContext, existing: readonly string[]): readonly string[] {
  const read = [...options.values('input-topics'), ...options.values('intermediate-topics')];
  const applicationId = options.value('application-id')!;
  return existing
    .filter((topic) => !read.includes(topic))
    .filter((topic) => isStreamsInternalTopic(topic, applicationId));
}

async function deleteInternalTopics(
  { client, options, context }: ResetContext,
  inferred: readonly string[],
): Promise<void> {
  const specified = options.values('internal-topics');
  if (!specified.every((topic) => inferred.includes(topic))) {
    throw new ToolError(
      'Invalid topic specified in the --internal-topics option. Ensure that the topics specified are all internal topics. Do a dry run without the --internal-topics option to see the list of all internal topics that can be deleted.',
    );
  }
  const topics = specified.length > 0 ? specified : inferred;
  const how = specified.length > 0 ? 'specified' : 'inferred';
  context.notice(`Deleting ${how} internal topics [${topics.join(', ')}]`);
  if (!options.has('dry-run')) await deleteAll(client, topics, context);
  context.notice('Done.');
}

async function deleteAll(
  client: KafkaClient,
  topics: readonly string[],
  context: ToolContext,
): Promise<void> {
  let hasFailed = false;
  for (const [topic, { error }] of await deleteTopics(client, topics)) {
    if (error === undefined) continue;
    hasFailed = true;
    context.err(`ERROR: deleting topic ${topic}\n${describeError(executionError(error))}`);
  }
  if (!hasFailed) return;
  throw new ToolError(
    'Encountered an error deleting one or more topics',
    'java.lang.RuntimeException',
  );
}
